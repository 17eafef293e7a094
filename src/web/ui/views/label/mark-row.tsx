/** One place of a frame in close-up, and what is there. */
import { useRef } from 'preact/hooks';
import { pictureOf } from '../../api.ts';
import { activityName, percent } from '../../texts.ts';
import type { Mark } from './review.ts';
import { t } from './texts.ts';

interface MarkRowProps {
  readonly frame: string;
  readonly mark: Mark;
  readonly number: number;
  readonly activities: readonly string[];
  readonly letters: ReadonlyMap<string, string>;
  readonly isChosen: boolean;
  readonly mayOperate: boolean;
  readonly onChoose: () => void;
  readonly onChange: (change: Partial<Pick<Mark, 'is' | 'activity'>>) => void;
}

export function MarkRow(props: MarkRowProps) {
  const { frame, mark, number, activities, letters, isChosen, mayOperate, onChoose, onChange } = props;
  const is = mark.is === 'rider' ? activityName(mark.activity) : t(mark.is);
  return (
    <li
      class={`${mark.is === 'rider' ? mark.activity : 'none'}${isChosen ? ' chosen' : ''}`}
      onFocusCapture={onChoose}
    >
      <CloseUp frame={frame} mark={mark} />
      <div>
        <p class={`small activity ${mark.is === 'rider' ? mark.activity : 'none'}`}>
          <span>
            {number}. {is}
            {mark.score !== null && <span class="muted"> {percent(mark.score)}</span>}
          </span>
        </p>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div class="choice" role="group" aria-label={t('whatIs', { number })}>
          {activities.map(activity => (
            <button
              key={activity}
              type="button"
              class={activity}
              title={activityName(activity)}
              aria-label={activityName(activity)}
              aria-pressed={mark.is === 'rider' && mark.activity === activity}
              disabled={!mayOperate}
              onClick={() => onChange({ is: 'rider', activity })}
            >
              {(letters.get(activity) ?? activity[0] ?? '').toUpperCase()}
            </button>
          ))}
          <button
            type="button"
            title={t('nobody')}
            aria-label={t('nobody')}
            aria-pressed={mark.is === 'nobody'}
            disabled={!mayOperate}
            onClick={() => onChange({ is: 'nobody' })}
          >
            ✕
          </button>
        </div>
      </div>
    </li>
  );
}

/** A part of the frame's picture, which the browser has already, enlarged. */
function CloseUp({ frame, mark }: Pick<MarkRowProps, 'frame' | 'mark'>) {
  const box = useRef<HTMLDivElement>(null);
  const place = (image: HTMLImageElement | null) => {
    const { naturalWidth, naturalHeight } = image ?? {};
    if (!image || !box.current || !naturalWidth || !naturalHeight) return;
    const { x, y, w, h } = mark.box;
    const side = box.current.clientWidth;
    // Pixels of the screen to one of the picture: the larger side of the part fills the square.
    const scale = side / Math.max(w * naturalWidth, h * naturalHeight);
    image.style.width = `${scale * naturalWidth}px`;
    image.style.left = `${side / 2 - (x + w / 2) * scale * naturalWidth}px`;
    image.style.top = `${side / 2 - (y + h / 2) * scale * naturalHeight}px`;
  };
  return (
    <div ref={box} class="close-up">
      <img ref={place} src={pictureOf(frame)} alt="" onLoad={({ currentTarget }) => place(currentTarget)} />
    </div>
  );
}
