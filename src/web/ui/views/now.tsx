/** What is on the water now. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { command, pictureOf } from '../api.ts';
import { connected, happened, healthOf, infoOf, newest, valueOf, zonesNow } from '../live.ts';
import { Picture } from '../parts/picture.tsx';
import { activityName, ago, clock, text } from '../texts.ts';

/** A frame older than this many intervals is stale. */
const STALE_MS = 60_000;

export function Now() {
  const activity = valueOf('activity');
  const frame = newest.value;
  const chosen = useSignal<number | null>(null);
  const now = useSignal(Date.now());
  useSignalEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  });
  const ageMs = frame === null ? null : now.value - Date.parse(frame.takenAt);
  const isStale = !connected.value || ageMs === null || ageMs > STALE_MS;
  return (
    <div class="now">
      <section class={`headline ${activity?.activity ?? 'unknown'}`} aria-live="polite">
        <h1>{activityName(activity?.activity ?? 'unknown')}</h1>
        <p>
          {Object.entries(activity?.count ?? {})
            .filter(([, riders]) => riders > 0)
            .map(([name, riders]) => `${riders} × ${activityName(name)}`)
            .join(' · ') || '–'}
        </p>
        {activity !== undefined && <p class="quiet">{`${text('now.since')} ${clock(activity.since)}`}</p>}
        {activity !== undefined && activity.visibility !== 'ok' && (
          <p class="warn">{text(`visibility.${activity.visibility}`)}</p>
        )}
      </section>
      {frame === null ? (
        <p class="quiet">{text('now.noFrame')}</p>
      ) : (
        <Picture
          src={pictureOf(frame.frame, { width: 1920 })}
          alt={text('now.picture')}
          riders={frame.riders}
          zones={infoOf()?.zones ?? []}
          chosen={chosen.value}
          onRider={index => {
            chosen.value = chosen.value === index ? null : index;
          }}
        />
      )}
      <p class={isStale ? 'warn' : 'quiet'} role={isStale ? 'status' : undefined}>
        {connected.value ? `${text('now.frame')} ${ageMs === null ? '–' : ago(ageMs)}` : text('offline')}
        {frame?.detail != null &&
          ` · ${text('now.smallest')} ${Math.ceil(frame.detail.smallestPx)} px · ${Math.round(frame.detail.tookMs)} ms`}
      </p>
      {chosen.value !== null && frame !== null && <Why frame={frame.frame} />}
      <Alerts />
      <Zones />
      <Health />
      <Events />
    </div>
  );
}
