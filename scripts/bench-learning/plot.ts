/** Draws the mean curves: error on the site on the left, on other cameras on the right. */
import * as charts from 'echarts/charts';
import * as components from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Curve, ORDERS, type Order, STEPS, WAYS, type Way } from './curve.ts';
import { type MeanPoint, meanCurve } from './summary.ts';

/** Told apart by people who see no red or green (Okabe and Ito 2008), and by their dashes. */
const COLORS: Readonly<Record<Way, string>> = { points: '#0072b2', whole: '#d55e00' };
const DASHES: Readonly<Record<Order, 'solid' | number[]>> = { next: 'solid', random: [6, 3] };
const NAMES: Readonly<Record<Way | Order, string>> = {
  points: 'points',
  whole: 'whole frames',
  next: '--next',
  random: 'at random',
};
const MOST = Math.max(...STEPS);

const SIZE = { width: 760, height: 392 };

/** SVG markup that stands by itself, on white. */
export function drawLearning(curves: readonly Curve[]): string {
  echarts.use([
    charts.LineChart,
    components.GridComponent,
    components.LegendComponent,
    components.TitleComponent,
    SVGRenderer,
  ]);
  const canvas = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  const title = (text: string, left: string) => ({
    text,
    left,
    top: 4,
    textStyle: { fontSize: 13, color: '#17202b' },
  });
  const grid = (left: string) => ({ left, width: '40%', top: 34, bottom: 112 });
  const x = (gridIndex: number) => ({ ...AXIS, gridIndex, name: 'labels', nameGap: 26, min: 0, max: MOST });
  const y = (gridIndex: number) => ({ ...AXIS, gridIndex, name: 'error (%)', nameGap: 32, min: 0 });
  canvas.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: [title("Riders in the camera's held-out frames", '7%'), title('Riders of other cameras', '57%')],
    // Without a browser the width of text is guessed too small.
    legend: { bottom: 0, itemWidth: 34, itemGap: 24, textStyle: { color: '#17202b' } },
    grid: [grid('7%'), grid('57%')],
    xAxis: [x(0), x(1)],
    yAxis: [y(0), y(1)],
    series: WAYS.flatMap(way =>
      ORDERS.flatMap(order => {
        const points = meanCurve(curves.filter(each => each.way === way && each.order === order));
        return [
          line(way, order, points, 0, ({ riders }) => riders),
          line(way, order, points, 1, ({ elsewhere }) => elsewhere),
        ];
      }),
    ),
  });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  // Ids count up in a process.
  return `${svg.replaceAll(/zr\d+-/g, 'learning-').replaceAll(/ ecmeta_\w+="[^"]*"/g, '')}\n`;
}

const AXIS = {
  type: 'value',
  nameLocation: 'middle',
  nameTextStyle: { color: '#586474' },
  axisLabel: { color: '#586474' },
  axisLine: { show: true, lineStyle: { color: '#b8c2ce' } },
  splitLine: { lineStyle: { color: '#e3e8ee' } },
};

function line(
  way: Way,
  order: Order,
  points: readonly MeanPoint[],
  index: number,
  figure: (point: MeanPoint) => number,
) {
  const color = COLORS[way];
  return {
    type: 'line',
    name: `${NAMES[way]}, ${NAMES[order]}`,
    xAxisIndex: index,
    yAxisIndex: index,
    symbolSize: 5,
    data: points.map(point => [point.labels, 100 * figure(point)]),
    lineStyle: { color, type: DASHES[order], width: 2 },
    itemStyle: { color },
  };
}
