/** The activity on the beach, read aloud when it changes. */
import { topicValue } from '../../live.ts';
import { activityName, clockTime, number } from '../../texts.ts';
import { text } from './texts.ts';

export function Headline() {
  const beach = topicValue('activity');
  const state = topicValue('state');
  const activity = beach?.activity ?? 'unknown';
  const counts = Object.entries(beach?.count ?? {}).filter(([, riders]) => riders > 0);
  return (
    <section class={`card headline ${activity}`}>
      <div aria-live="polite">
        <p class="activity big">{activityName(activity)}</p>
        {counts.length > 0 && (
          <ul class="counts">
            {counts.map(([name, riders]) => (
              <li key={name} class={name}>
                <strong class="figure">{number(riders)}</strong>{' '}
                {counts.length > 1 ? activityName(name) : text(riders === 1 ? 'riderCount' : 'ridersCount')}
              </li>
            ))}
          </ul>
        )}
        {beach !== undefined && beach.visibility !== 'ok' && <p>{text(`visibility.${beach.visibility}`)}</p>}
      </div>
      <p class="small muted">
        {[beach?.site, beach && text('since', { time: clockTime(beach.since) })]
          .filter(part => part !== undefined)
          .join(' · ')}
      </p>
      {state !== undefined && state.state !== 'running' && (
        <p class="small muted">
          {text(`state.${state.state}`)}
          {typeof state.until === 'string' && ` (${text('until', { time: clockTime(state.until) })})`}
        </p>
      )}
    </section>
  );
}
