/** Draws the mean curves: error on the site on the left, on other cameras on the right. */
import { html } from '../../src/base/html.ts';
import { axis, drawPlot, type Series } from '../../src/training/report/charts/chart.ts';
import { type Curve, ORDERS, type Order, STEPS, WAYS, type Way } from './curve.ts';
import { type MeanPoint, meanCurve } from './summary.ts';

/** Told apart by people who see no red or green (Okabe and Ito 2008), and by their dashes. */
const COLORS: Readonly<Record<Way, string>> = { points: '#0072b2', whole: '#d55e00' };
const DASHES: Readonly<Record<Order, string>> = { next: '', random: '6 3' };
const NAMES: Readonly<Record<Way | Order, string>> = {
  points: 'points',
  whole: 'whole frames',
  next: '--next',
  random: 'at random',
};
const MOST = Math.max(...STEPS);
const AXES = { ink: '#17202b', soft: '#586474', line: '#e3e8ee' };

/** Pixels of each of the two, with its title above. */
const SIZE = { width: 380, height: 300 };
const TITLE = 24;
const LEGEND = 40;

/** SVG markup that stands by itself, on white. */
export function drawLearning(curves: readonly Curve[]): string {
  const named = WAYS.flatMap(way =>
    ORDERS.map(order => ({
      name: `${NAMES[way]}, ${NAMES[order]}`,
      style: { colour: COLORS[way], line: 2, dashes: DASHES[order] },
      points: meanCurve(curves.filter(each => each.way === way && each.order === order)),
    })),
  );
  const plot = (title: string, left: number, figure: (point: MeanPoint) => number) => {
    const series: Series[] = named.map(({ style, points }) => ({
      ...style,
      points: points.map(point => [point.labels, 100 * figure(point)]),
      mark: { kind: 'dot', sizes: [5] },
    }));
    const most = Math.max(...series.flatMap(each => each.points.map(([, error]) => error)));
    const [x, y] = [axis('labels', 0, MOST), axis('error (%)', 0, most, { round: true })];
    return html`<g transform="translate(${left} ${TITLE})">
<text x="48" y="0" fill="${AXES.ink}" font-weight="bold">${title}</text>
${drawPlot({ x, y, series }, SIZE, AXES)}
</g>
`;
  };
  const [width, height] = [2 * SIZE.width, TITLE + SIZE.height + LEGEND];
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
${plot("Riders in the camera's held-out frames", 0, ({ riders }) => riders)}${plot('Riders of other cameras', SIZE.width, ({ elsewhere }) => elsewhere)}${named.map(
  ({ name, style }, at) => html`<g transform="translate(${24 + at * 180} ${height - 14})">
<path d="M0 -4L34 -4" stroke="${style.colour}" stroke-width="2" stroke-dasharray="${style.dashes}"/>
<text x="40" y="0" fill="${AXES.ink}">${name}</text>
</g>
`,
)}</svg>
`.toString();
}
