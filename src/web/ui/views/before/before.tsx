/** What was on the water before: the course of a period, the hours of the week, and the sessions. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { ask, Refused } from '../../api.ts';
import { happened, topicValue } from '../../live.ts';
import { Chart } from '../../parts/chart.tsx';
import { Choice } from '../../parts/choice.tsx';
import { Fault } from '../../parts/notice.tsx';
import { activityName, number, text as sharedText } from '../../texts.ts';
import './before.css';
import { Sessions } from './sessions.tsx';
import { type History, type HistoryHour, type Measure, type Span, timelineOf, weekOf } from './sums.ts';
import { text } from './texts.ts';
import { Week } from './week.tsx';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PERIODS = { day: 1, week: 7, month: 30, season: 180 } as const;
type Period = keyof typeof PERIODS;
/** So many days are shown hour by hour, more by days. */
const MOST_HOURLY = 7;

export function Before() {
  const period = useSignal<Period>('week');
  const place = useSignal('');
  const measure = useSignal<Measure>('minutes');
  const history = useSignal<History | null>(null);
  const fault = useSignal<unknown>(null);
  const span = useComputed(() => spanOf(period.value));
  useSignalEffect(() => {
    // Anew when a session begins or ends.
    happened.value;
    const asked = span.value;
    ask<History>('GET', `/history?${queryOf(asked)}`).then(
      answer => {
        if (span.peek() !== asked) return;
        history.value = answer;
        fault.value = null;
      },
      (error: unknown) => {
        const isNone = error instanceof Refused && error.code === 'history-none';
        history.value = isNone ? { hours: [], sessions: [] } : null;
        fault.value = isNone ? null : error;
      },
    );
  });

  const timeZone = topicValue('stats/hourly')?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { hours, sessions } = history.value ?? { hours: [], sessions: [] };
  const places = [...new Set(hours.map(({ scope }) => scope))].filter(scope => scope !== '').sort();
  const own = hours.filter(({ scope }) => scope === place.value);
  return (
    <div class="stack">
      <div class="row spread">
        <h1>{text('title')}</h1>
        <a class="button" href={`./api/history.csv?${queryOf(span.value)}`} download="surfwatch.csv">
          {text('csv')}
        </a>
      </div>
      <div class="row">
        <Choice
          label={text('period')}
          options={(Object.keys(PERIODS) as Period[]).map(name => [name, text(name)])}
          chosen={period.value}
          onChoose={name => {
            period.value = name;
          }}
        />
        {places.length > 0 && (
          <label class="place">
            <span class="hidden">{text('place')}</span>
            <select
              value={place.value}
              onChange={({ currentTarget }) => {
                place.value = currentTarget.value;
              }}
            >
              <option value="">{text('beach')}</option>
              {places.map(name => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <Choice
          label={text('measure')}
          options={(['minutes', 'riders'] as const).map(name => [name, text(name)])}
          chosen={measure.value}
          onChoose={name => {
            measure.value = name;
          }}
        />
      </div>
      <Fault error={fault.value} />
      {history.value === null && fault.value === null && <p class="muted">{sharedText('loading')}</p>}
      {history.value !== null && (
        <div class="sides">
          <div class="stack">
            <Course
              {...span.value}
              hours={own}
              by={PERIODS[period.value] <= MOST_HOURLY ? 'hour' : 'day'}
              measure={measure.value}
              timeZone={timeZone}
            />
            <Week week={weekOf(own, timeZone)} />
          </div>
          <Sessions sessions={sessions.filter(({ zone }) => place.value === '' || zone === place.value)} />
        </div>
      )}
    </div>
  );
}

interface CourseProps extends Span {
  readonly hours: readonly HistoryHour[];
  readonly by: 'hour' | 'day';
  readonly measure: Measure;
  readonly timeZone: string;
}

function Course({ hours, ...options }: CourseProps) {
  const { by, measure, timeZone } = options;
  const { times, rows } = timelineOf(hours, options);
  const figures = rows.map(({ activity, values }) => {
    const sum = values.reduce((total, value) => total + value, 0);
    const said =
      measure === 'minutes'
        ? sum < 60
          ? text('duration', { minutes: number(sum) })
          : `${number(sum / 60, 1)} h`
        : text('most', { n: number(Math.max(0, ...values)) });
    return { activity, said };
  });
  // A day has too many minutes to be read.
  const unit = measure === 'minutes' && by === 'day' ? 60 : 1;
  const caption = text(`timeline.${measure}.${by}`);
  return (
    <section class="card">
      <h2>{text('timeline')}</h2>
      <p class="small muted">{caption}</p>
      {rows.length === 0 ? (
        <p class="nothing muted">{text('nothing')}</p>
      ) : (
        <>
          <Chart
            label={`${caption}: ${figures.map(({ activity, said }) => `${activityName(activity)} ${said}`).join(', ')}`}
            height={240}
            times={times}
            series={rows.map(({ activity, values }) => ({
              name: activityName(activity),
              colour: `--${activity}`,
              values: values.map(value => value / unit),
            }))}
            kind="bars"
            said={value => number(value, 1)}
            timeZone={timeZone}
          />
          <ul class="totals">
            {figures.map(({ activity, said }) => (
              <li key={activity}>
                <span class={`activity ${activity}`}>{activityName(activity)}</span>
                <strong class="figure">{said}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Up to the end of this hour. */
function spanOf(period: Period): Span {
  const toMs = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
  return { fromMs: toMs - PERIODS[period] * DAY_MS, toMs };
}

function queryOf({ fromMs, toMs }: Span): string {
  const [from = '', to = ''] = [fromMs, toMs].map(ms => new Date(ms).toISOString());
  return new URLSearchParams({ from, to }).toString();
}
