/** What goes on in each zone. */
import { zonesDrawn, zonesNow } from '../../live.ts';
import { activityName, clockTime, number } from '../../texts.ts';
import { text } from './texts.ts';

export function Zones() {
  const zones = zonesNow();
  if (zonesDrawn().length === 0 || zones.length === 0) return null;
  return (
    <section class="card">
      <h2>{text('zones')}</h2>
      <ul class="facts">
        {zones.map(({ zone, activity, count, since }) => {
          const riders = Object.values(count ?? {}).reduce((sum, one) => sum + one, 0);
          return (
            <li key={zone}>
              <span>
                <strong>{zone}</strong>
                <span class="small muted">{text('since', { time: clockTime(since) })}</span>
              </span>
              <span class={`activity ${activity}`}>
                {activityName(activity)}
                {riders > 0 && <strong class="figure">{number(riders)}</strong>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
