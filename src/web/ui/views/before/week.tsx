/** The hours of a week by how long somebody was there, and the busiest of them. */
import { language, number } from '../../texts.ts';
import { busiestOf, type WeekHour } from './sums.ts';
import { text } from './texts.ts';

const MOST_BUSY = 5;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** Hours that are written above the map. */
const HOUR_STEP = 3;

export function Week({ week }: { readonly week: readonly WeekHour[] }) {
  const busiest = busiestOf(week, MOST_BUSY);
  const highest = Math.max(1, busiest[0]?.minutes ?? 0);
  if (busiest.length === 0) return null;
  const days = Array.from({ length: 7 }, (_, day) => week.slice(24 * day, 24 * (day + 1)));
  return (
    <>
      <section class="card">
        <h2>{text('heat')}</h2>
        <table class="heat">
          <caption class="small muted">{text('heatCaption')}</caption>
          <thead>
            <tr>
              <td />
              {HOURS.map(hour => (
                <th key={hour} scope="col">
                  <span class={hour % HOUR_STEP === 0 ? '' : 'hidden'}>{hour}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((hours, day) => (
              <tr key={dayName(day, 'long')}>
                <th scope="row">
                  <abbr title={dayName(day, 'long')}>{dayName(day, 'short')}</abbr>
                </th>
                {hours.map(one => (
                  <HeatCell key={one.hour} {...one} highest={highest} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section class="card">
        <h2>{text('busiest')}</h2>
        <ol class="facts">
          {busiest.map(({ day, hour, minutes }) => (
            <li key={24 * day + hour}>
              <span>
                {dayName(day, 'long')}, {hourName(hour)}
              </span>
              <span class="muted figure">{number(minutes ?? 0)} min</span>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

function HeatCell({ day, hour, minutes, highest }: WeekHour & { readonly highest: number }) {
  const said = minutes === null ? text('notWatched') : `${number(minutes)} min`;
  return (
    <td
      class={minutes === null ? 'unwatched' : ''}
      ref={cell => {
        cell?.style.setProperty('--heat', `${(100 * (minutes ?? 0)) / highest}%`);
      }}
      title={`${dayName(day, 'long')} ${hourName(hour)}: ${said}`}
    >
      <span class="hidden">{said}</span>
    </td>
  );
}

/** The first of January 2024 was a Monday. */
function dayName(day: number, weekday: 'short' | 'long'): string {
  const date = new Date(Date.UTC(2024, 0, 1 + day));
  return new Intl.DateTimeFormat(language.value, { weekday, timeZone: 'UTC' }).format(date);
}

/** `9 – 10 AM` */
function hourName(hour: number): string {
  const [from, to] = [Date.UTC(2024, 0, 1, hour), Date.UTC(2024, 0, 1, hour + 1)];
  return new Intl.DateTimeFormat(language.value, { hour: 'numeric', timeZone: 'UTC' }).formatRange(from, to);
}
