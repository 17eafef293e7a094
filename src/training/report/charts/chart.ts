/** Draws charts as SVG markup: static, self-contained, in the colours of the page (light and dark). */
import { type Html, html } from '../../../base/html.ts';

/** CSS colours of the page: see `page.ts`. Told apart by people who see no red or green (Okabe and Ito 2008). */
export const COLOURS = {
  ink: 'var(--ink)',
  soft: 'var(--soft)',
  line: 'var(--line)',
  first: 'var(--first)',
  second: 'var(--second)',
} as const;

export interface Axis {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly text: (tick: number) => string;
}

export interface Series {
  /** x and y of each; those that a line connects are in order. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A CSS colour. */
  readonly colour: string;
  /** Width in pixels of a line through the points. */
  readonly line?: number;
  /** Pixels drawn and left out, by turns. */
  readonly dashes?: string;
  /** A mark at each point; sizes in pixels across, the last for all that follow. */
  readonly mark?: { readonly kind: 'dot' | 'diamond'; readonly sizes: readonly number[] };
  /** Upright bars, cut at the ends of the axis. */
  readonly spans?: readonly (readonly [x: number, low: number, high: number])[];
}

export interface Plot {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A line from bottom to top, named above. */
  readonly upright?: { readonly x: number; readonly label: string };
}

export interface Chart {
  readonly title: string;
  /** What it shows, for who cannot see it. */
  readonly description: string;
  /** Said beneath; markup. */
  readonly note?: Html;
  readonly plot: Plot;
}

/** Pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** As wide as a phone shows it, so that text has its own size there. */
const SIZE: Size = { width: 330, height: 240 };

/** Draws several, as figures of one row where there is room. */
export function drawCharts(charts: readonly Chart[]): Html {
  const figures = charts.map(
    ({ title, description, note, plot }) => html`<figure class="chart">
<figcaption>${title}</figcaption>
<div role="img" aria-label="${description}"><svg aria-hidden="true" focusable="false" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}">${drawPlot(plot, SIZE)}</svg></div>
${note !== undefined && html`<p>${note}</p>`}
</figure>
`,
  );
  return html`<div class="charts">
${figures}</div>`;
}

/** Pixels around the frame, for the axes. */
const MARGIN = { left: 48, right: 14, top: 22, bottom: 40 };

/** Draws axes and series from (0, 0) to `size`. @param colours of the axes */
export function drawPlot(
  { x, y, series, upright }: Plot,
  { width, height }: Size,
  colours: Pick<typeof COLOURS, 'ink' | 'soft' | 'line'> | Record<'ink' | 'soft' | 'line', string> = COLOURS,
): Html {
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  const atX = (value: number) => between(x, value, MARGIN.left, right);
  const atY = (value: number) => between(y, value, bottom, MARGIN.top);
  const middle = (MARGIN.top + bottom) / 2;
  const line = (d: string, stroke: string, strokeWidth = 1, dashes = '') =>
    html`<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${strokeWidth}"${dashes !== '' && html` stroke-dasharray="${dashes}"`}/>`;
  const text = (left: number, top: number, anchor: string, said: string, fill = colours.soft) =>
    html`<text x="${round(left)}" y="${round(top)}" fill="${fill}" text-anchor="${anchor}">${said}</text>`;
  const drawSeries = ({ points, colour, line: lineWidth, dashes, mark, spans = [] }: Series) => {
    const places = points.map(([left, top]) => [atX(left), atY(top)] as const);
    const path = places.map(([left, top], at) => `${at === 0 ? 'M' : 'L'}${left} ${top}`).join('');
    const within = (value: number) => Math.min(y.max, Math.max(y.min, value));
    return html`${lineWidth !== undefined && path !== '' && line(path, colour, lineWidth, dashes)}${spans.map(
      ([at, low, high]) =>
        line(`M${atX(at)} ${atY(within(low))}L${atX(at)} ${atY(within(high))}`, colour, 1.5),
    )}${mark && places.map(([left, top], at) => drawMark(mark.kind, left, top, mark.sizes[at] ?? mark.sizes.at(-1) ?? 0, colour))}`;
  };
  return html`${y.ticks.map(tick => [
    line(`M${MARGIN.left} ${atY(tick)}L${right} ${atY(tick)}`, colours.line),
    text(MARGIN.left - 6, atY(tick) + 4, 'end', y.text(tick)),
  ])}${line(`M${MARGIN.left} ${MARGIN.top}L${MARGIN.left} ${bottom}L${right} ${bottom}`, colours.line)}${x.ticks.map(
    tick => text(atX(tick), bottom + 16, 'middle', x.text(tick)),
  )}${text((MARGIN.left + right) / 2, height - 6, 'middle', x.name)}<text transform="translate(12 ${middle}) rotate(-90)" fill="${colours.soft}" text-anchor="middle">${y.name}</text>${series.map(drawSeries)}${
    upright && [
      line(`M${atX(upright.x)} ${MARGIN.top}L${atX(upright.x)} ${bottom}`, colours.ink),
      text(
        atX(upright.x),
        MARGIN.top - 7,
        upright.x > (x.min + x.max) / 2 ? 'end' : 'start',
        upright.label,
        colours.ink,
      ),
    ]
  }`;
}

function drawMark(kind: 'dot' | 'diamond', x: number, y: number, size: number, colour: string): Html {
  const half = round(size / 2);
  if (kind === 'dot') return html`<circle cx="${x}" cy="${y}" r="${half}" fill="${colour}"/>`;
  return html`<path d="M${x} ${round(y - half)}L${round(x + half)} ${y}L${x} ${round(y + half)}L${round(x - half)} ${y}Z" fill="${colour}"/>`;
}

function between({ min, max }: Axis, value: number, from: number, to: number): number {
  return round(from + ((to - from) * (value - min)) / (max - min));
}

/** A tenth of a pixel is not seen. */
function round(value: number): number {
  return Math.round(10 * value) / 10;
}

/** At most this many steps between ticks. */
const MOST_STEPS = 5;

/** @param options `whole`: ticks are integers; `round`: `max` is the least that must be shown, and the axis ends at a tick */
export function axis(
  name: string,
  min: number,
  max: number,
  options: { whole?: boolean; round?: boolean; text?: (tick: number) => string } = {},
): Axis {
  const length = max > min ? max - min : 1;
  const power = 10 ** Math.floor(Math.log10(length / MOST_STEPS));
  const least = options.whole ? 1 : 0;
  const step =
    [1, 2, 5, 10].map(times => times * power).find(each => each >= least && length / each <= MOST_STEPS) ??
    10 * power;
  const first = Math.ceil(min / step - 1e-9);
  const end = options.round ? Math.ceil((min + length) / step - 1e-9) * step : min + length;
  const count = Math.floor(end / step + 1e-9) - first + 1;
  const ticks = Array.from({ length: count }, (_, index) => (first + index) * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return { name, min, max: end, ticks, text: options.text ?? (tick => tick.toFixed(digits)) };
}

/** Shares, in percent. */
export function shareAxis(name: string, min = 0): Axis {
  const text = (tick: number) => `${Math.round(100 * tick)}`;
  if (min > 0) return axis(`${name} (%)`, min, 1, { text });
  return { name: `${name} (%)`, min, max: 1, ticks: [0, 0.25, 0.5, 0.75, 1], text };
}
