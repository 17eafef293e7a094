/** Draws a chart with uPlot: loaded when there is one to draw. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { language } from '../texts.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
/** Apart so far marks of time may be, in seconds: from a second to four months. */
const STEPS_S = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600].concat(
  [1, 2, 7, 14, 30, 60, 120].map(days => days * DAY_S),
);

export interface ChartSeries {
  readonly name: string;
  /** A variable of the style sheet: `--surfing`. */
  readonly colour: string;
  /** One a time; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What it shows, in words: a screen reader cannot read a drawing. */
  readonly label: string;
  /** In pixels; it is as wide as there is room. */
  readonly height: number;
  /** Seconds since the epoch, rising. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Bars are stacked. */
  readonly kind: 'line' | 'bars';
  /** Upper end of the scale; without it as high as the values. */
  readonly most?: number;
  /** A value as it is written at the axis and in the legend. */
  readonly said: (value: number) => string;
  /** Whose hours are written at the axis; without it the browser's. */
  readonly timeZone?: string;
}

/** @returns removes it again */
export function drawChart(box: HTMLElement, props: ChartProps): () => void {
  const { times, series, kind, height, most, said, timeZone } = props;
  const style = getComputedStyle(box);
  const colour = (name: string) => style.getPropertyValue(name).trim() || style.color;
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const isStacked = kind === 'bars';
  // The highest of a stack is drawn first, the others over it.
  const order = isStacked ? [...series.keys()].reverse() : [...series.keys()];
  const heights = isStacked
    ? stacked(series.map(({ values }) => values))
    : series.map(({ values }) => values);
  const options: uPlot.Options = {
    width: box.clientWidth,
    height,
    padding: [10, 32, 0, 0],
    // One line needs no key; of bars it says what lies under the pointer.
    legend: { show: isStacked },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isStacked } },
    scales: {
      x: { time: true, range: rangeOf(times, isStacked) },
      y: { range: (_, __, highest) => [0, most ?? Math.max(1, highest * 1.1)] },
    },
    axes: [
      { ...axis, size: 30, space: 84, incrs: STEPS_S, values: timeValues(timeZone) },
      { ...axis, size: 48, values: (_, splits) => splits.map(split => said(split)) },
    ],
    series: [
      { label: '', value: (_, time) => (time === null ? '' : fullTime(time, timeZone)) },
      ...order.map((index): uPlot.Series => {
        const { name, colour: variable, values } = series[index] as ChartProps['series'][number];
        return {
          label: name,
          stroke: colour(variable),
          width: isStacked ? 0 : 2,
          value: (_, __, ___, at) => {
            const value = at === null ? null : values[at];
            return value === null || value === undefined ? '–' : said(value);
          },
          ...(isStacked && { fill: colour(variable), paths: bars(), points: { show: false } }),
        };
      }),
    ],
    ...(timeZone !== undefined && {
      tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1e3), timeZone),
    }),
  };
  const data = [times, ...order.map(index => heights[index] ?? [])].map(row => [...row]);
  const chart = new uPlot(options, data as uPlot.AlignedData, box);
  const observer = new ResizeObserver(() => {
    if (box.clientWidth > 0) chart.setSize({ width: box.clientWidth, height });
  });
  observer.observe(box);
  return () => {
    observer.disconnect();
    chart.destroy();
  };
}

/** Around one that is alone lies an hour on each side, where uPlot would show years; the last bar needs its width. */
function rangeOf(times: readonly number[], hasBars: boolean): [number, number] {
  const [first = 0, second = first] = times;
  const last = (times.at(-1) ?? first) + (hasBars ? second - first : 0);
  return last > first ? [first, last] : [first - HOUR_S, first + HOUR_S];
}

function bars(): uPlot.Series.PathBuilder {
  const build = uPlot.paths.bars;
  if (build === undefined) throw new Error('uPlot comes without bars');
  return build({ size: [0.8, 60], align: 1 });
}

/** Each row on top of those before it. */
function stacked(rows: readonly (readonly (number | null)[])[]): number[][] {
  let below: number[] = [];
  return rows.map(row => {
    below = row.map((value, at) => (value ?? 0) + (below[at] ?? 0));
    return below;
  });
}

/** Hours, or days where the marks are days apart. */
function timeValues(timeZone: string | undefined): uPlot.Axis.Values {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language.value, { ...options, ...(timeZone !== undefined && { timeZone }) });
  return (_, splits, __, ___, step) => {
    const day = format({ day: 'numeric', month: 'short' });
    const hour = format({ hour: '2-digit', minute: '2-digit', ...(step < 60 && { second: '2-digit' }) });
    return splits.map(split => {
      const date = new Date(split * 1_000);
      return step >= DAY_S ? day.format(date) : hour.format(date);
    });
  };
}

function fullTime(seconds: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat(language.value, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone !== undefined && { timeZone }),
  }).format(new Date(seconds * 1_000));
}
