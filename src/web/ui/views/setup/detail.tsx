/** How finely frames are read: how small a rider may be, and what that costs. */
import { useSignal } from '@preact/signals';
import { parseDuration } from '../../../../base/duration.ts';
import type { Point, Rectangle } from '../../../../base/geometry.ts';
import { pixelsRead, turnOf } from '../../../../vision/cells/detail.ts';
import { type Size, smallestSeen } from '../../../../vision/cells/pyramid.ts';
import { healthOf } from '../../live.ts';
import { Notice } from '../../parts/notice.tsx';
import { Picture, placed } from '../../parts/picture.tsx';
import { number } from '../../texts.ts';
import { tried } from './camera.tsx';
import { change, settingValue } from './draft.ts';
import { Cards } from './fields.tsx';
import { beachPicture } from './step-picture.ts';
import { t } from './texts.ts';

/** Each reads half as many pixels again, or more. */
const SCALES = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4] as const;
const USUAL: Size = { width: 1920, height: 1080 };

export function DetailStep() {
  const detail = settingValue<number | 'auto'>('vision.detail') ?? 'auto';
  const measured = healthOf()?.detail ?? null;
  const size = useSignal<Size>(tried.value ?? USUAL);
  const at = useSignal<Point>({ x: 0.5, y: 0.5 });
  const scale = detail === 'auto' ? (measured?.scale ?? 1) : detail;
  const px = smallestSeen(scale);
  const tookMs = tookOf(scale, size.value, measured);
  const intervalMs = parseDuration(settingValue<string>('camera.interval') ?? '') ?? Number.POSITIVE_INFINITY;
  const nearest = SCALES.reduce(
    (best, one, index) => (Math.abs(one - scale) < Math.abs((SCALES[best] ?? 1) - scale) ? index : best),
    0,
  );
  return (
    <div class="sides">
      <div class="stack">
        <div
          onLoadCapture={({ target }) => {
            if (target instanceof HTMLImageElement)
              size.value = { width: target.naturalWidth, height: target.naturalHeight };
          }}
        >
          <Picture
            src={beachPicture()}
            alt={t('beach')}
            onPoint={point => {
              at.value = point;
            }}
          >
            <span
              class="smallest"
              ref={placed({ ...at.value, w: px / 2 / size.value.width, h: px / size.value.height })}
            >
              <span>{t('px', { px: number(px, 1) })}</span>
            </span>
          </Picture>
        </div>
        <p class="small muted">{t('detail.place')}</p>
      </div>
      <div class="card stack">
        <Cards
          legend={t('detail')}
          value={detail === 'auto' ? 'auto' : 'fixed'}
          options={{
            auto: { title: t('detail.auto'), says: t('detail.auto.says') },
            fixed: { title: t('detail.fixed'), says: t('detail.fixed.says') },
          }}
          onChoose={chosen => change('vision.detail', chosen === 'auto' ? 'auto' : (SCALES[nearest] ?? 1))}
        />
        <label class="field">
          <span>{t('detail.slider')}</span>
          <input
            type="range"
            min={0}
            max={SCALES.length - 1}
            value={nearest}
            disabled={detail === 'auto'}
            aria-valuetext={t('detail.says', { px: number(px, 1) })}
            onInput={({ currentTarget }) => change('vision.detail', SCALES[Number(currentTarget.value)] ?? 1)}
          />
        </label>
        <p role="status">
          <strong class="figure">{t('detail.says', { px: number(px, 1) })}</strong>
          <br />
          <span class="muted">
            {tookMs === null ? t('detail.unmeasured') : t('detail.takes', { ms: number(tookMs) })}
          </span>
        </p>
        {detail !== 'auto' && tookMs !== null && tookMs > intervalMs && (
          <Notice kind="warn" title={t('detail.slow')} isLive />
        )}
      </div>
    </div>
  );
}

interface Measured {
  readonly scale: number;
  readonly tookMs: number;
  readonly watched: Rectangle;
  readonly turns: number;
}

/** From what reading takes now, by the pixels that are read; null before the first frame. */
function tookOf(scale: number, frame: Size, measured: Measured | null): number | null {
  if (measured === null) return null;
  const { watched, turns } = measured;
  const now = pixelsRead(frame, measured.scale, turnOf(watched, turns));
  return scale === measured.scale
    ? measured.tookMs
    : (measured.tookMs * pixelsRead(frame, scale, watched)) / now;
}
