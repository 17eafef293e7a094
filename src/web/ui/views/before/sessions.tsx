/** Sessions, the newest first, each with its picture where one is kept. */
import { useSignal } from '@preact/signals';
import { pictureOf } from '../../api.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Picture } from '../../parts/picture.tsx';
import { activityName, clockTime, number } from '../../texts.ts';
import type { HistorySession } from './sums.ts';
import { text } from './texts.ts';

const AT_ONCE = 12;

export function Sessions({ sessions }: { readonly sessions: readonly HistorySession[] }) {
  const shown = useSignal(AT_ONCE);
  const enlarged = useSignal<HistorySession | null>(null);
  const newest = sessions.toSorted((a, b) => Date.parse(b.start) - Date.parse(a.start));
  const left = newest.length - shown.value;
  const titleOf = ({ activity, start }: HistorySession) =>
    text('picture', { activity: activityName(activity), time: clockTime(start) });
  return (
    <section class="card">
      <h2>{text('sessions')}</h2>
      {newest.length === 0 && <p class="muted">{text('noSessions')}</p>}
      <ul class="sessions">
        {newest.slice(0, shown.value).map(session => (
          <li key={session.id}>
            {session.frame === null ? (
              <span class="no-picture small muted">{text('noPicture')}</span>
            ) : (
              <button
                type="button"
                aria-label={`${titleOf(session)}. ${text('enlarge')}`}
                onClick={() => {
                  enlarged.value = session;
                }}
              >
                <img src={pictureOf(session.frame, { width: 240 })} alt="" loading="lazy" />
              </button>
            )}
            <span>
              <span class={`activity ${session.activity}`}>
                <strong>{activityName(session.activity)}</strong>
              </span>
              <span class="small">
                {session.zone} · {clockTime(session.start)}
              </span>
              <span class="small muted">{durationOf(session)}</span>
            </span>
          </li>
        ))}
      </ul>
      {left > 0 && (
        <button
          type="button"
          class="more"
          onClick={() => {
            shown.value += AT_ONCE;
          }}
        >
          {text('more', { n: number(Math.min(left, AT_ONCE)) })}
        </button>
      )}
      {enlarged.value !== null && (
        <Dialog
          title={`${activityName(enlarged.value.activity)}, ${clockTime(enlarged.value.start)}`}
          onClose={() => {
            enlarged.value = null;
          }}
        >
          <Picture
            src={pictureOf(enlarged.value.frame ?? '', { width: 1920 })}
            alt={titleOf(enlarged.value)}
          />
        </Dialog>
      )}
    </section>
  );
}

function durationOf({ durationS, open, peakCount }: HistorySession): string {
  const parts = [
    text('duration', { minutes: number(Math.ceil(durationS / 60)) }),
    peakCount !== null && text('peak', { n: number(peakCount) }),
    open && text('open'),
  ];
  return parts.filter(part => part !== false).join(' · ');
}
