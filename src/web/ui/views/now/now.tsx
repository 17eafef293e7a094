/** What is on the water now. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { pictureOf } from '../../api.ts';
import { connected, healthOf, newest, now, topicValue } from '../../live.ts';
import { Notice } from '../../parts/notice.tsx';
import type { SeenFrame } from '../../seen.ts';
import { ago, text as sharedText } from '../../texts.ts';
import { Beach } from './beach.tsx';
import { Headline } from './headline.tsx';
import { Alerts, Health } from './health.tsx';
import './now.css';
import { text } from './texts.ts';
import { Why } from './why.tsx';
import { Zones } from './zones.tsx';

/** A frame is stale after so many intervals, and never before so many milliseconds. */
const STALE = { intervals: 4, ms: 60_000 };
/** Wide enough for a desk; the whole resolution costs a phone its data. */
const WIDTH = 1920;

export function Now() {
  const shown = useShownFrame();
  const frame = shown.value;
  // What was chosen stays on screen while newer frames come.
  const asked = useSignal<{ readonly frame: SeenFrame; readonly index: number } | null>(null);
  return (
    <>
      <h1 class="hidden">{text('title')}</h1>
      <div class="now">
        <Headline />
        <div class="stack seen">
          <Freshness frame={frame} />
          {frame === null ? (
            <div class="card empty muted">
              {connected.value === null ? sharedText('loading') : text('noFrame')}
            </div>
          ) : (
            <Beach
              frame={frame}
              src={pictureOf(frame.frame, { width: WIDTH })}
              chosen={asked.value?.frame === frame ? asked.value.index : null}
              onChoose={index => {
                asked.value = { frame, index };
              }}
            />
          )}
        </div>
        <div class="stack">
          <Alerts />
          <Zones />
          <Health />
        </div>
      </div>
      {asked.value !== null && (
        <Why
          {...asked.value}
          onClose={() => {
            asked.value = null;
          }}
        />
      )}
    </>
  );
}

/** The newest frame, once its picture is there: riders are never drawn on an older one. */
function useShownFrame() {
  const shown = useSignal<SeenFrame | null>(null);
  useSignalEffect(() => {
    const frame = newest.value;
    if (frame === null) return;
    const image = new Image();
    image.src = pictureOf(frame.frame, { width: WIDTH });
    const show = () => {
      if (newest.peek() === frame) shown.value = frame;
    };
    // Without a picture its riders are shown all the same.
    image.decode().then(show, show);
  });
  return shown;
}

/** How old the picture is; a warning where it is too old, or the daemon silent. */
function Freshness({ frame }: { readonly frame: SeenFrame | null }) {
  const ageMs = frame === null ? null : now.value - Date.parse(frame.takenAt);
  if (connected.value === false) {
    return (
      <Notice kind="warn" title={sharedText('offline')} isLive>
        {ageMs === null ? sharedText('offline.remedy') : text('offlineSince', { ago: ago(ageMs) })}
      </Notice>
    );
  }
  if (frame === null || ageMs === null) return null;
  const rateHz = healthOf()?.rateHz ?? 0;
  const isWatching = ['running', 'degraded'].includes(topicValue('state')?.state ?? 'running');
  if (isWatching && ageMs > Math.max(STALE.ms, rateHz > 0 ? (STALE.intervals * 1_000) / rateHz : 0)) {
    return <Notice kind="warn" title={text('stale', { ago: ago(ageMs) })} isLive />;
  }
  return <p class="small muted figure live">{text('frameAge', { ago: ago(ageMs) })}</p>;
}
