/** Draws the mean curves: error on the site on the left, on the base on the right. */
import * as charts from 'echarts/charts';
import * as components from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { MOST } from './curve.ts';
import type { MeanPoint, Way } from './summary.ts';

/** Told apart by people who see no red or green (Okabe and Ito 2008), and by their dashes. */
const STYLES: Readonly<Record<string, { name: string; color: string; type: 'solid' | number[] }>> = {
  'ours next': { name: 'as the board does, --next', color: '#0072b2', type: 'solid' },
  'ours random': { name: 'as the board does, at random', color: '#56b4e9', type: 'solid' },
  'naive random': { name: 'naive fine-tuning', color: '#d55e00', type: [6, 3] },
  'neighbours random': { name: 'nearest neighbours', color: '#009e73', type: [2, 3] },
  'scratch random': { name: 'from scratch', color: '#8a6d00', type: [10, 3, 2, 3] },
};

const SIZE = { width: 760, height: 392 };

/** SVG markup that stands by itself, on white. */
export function drawLearning(ways: readonly Way[]): string {
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
    title: [title("On the site's held-back pictures", '7%'), title('On what was known before', '57%')],
    // Without a browser the width of text is guessed too small.
    legend: { bottom: 0, itemWidth: 34, itemGap: 24, textStyle: { color: '#17202b' } },
    grid: [grid('7%'), grid('57%')],
    xAxis: [x(0), x(1)],
    yAxis: [y(0), y(1)],
    series: ways.flatMap(way => [line(way, 0, ({ site }) => site), line(way, 1, ({ base }) => base)]),
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

function line({ method, order, points }: Way, index: number, figure: (point: MeanPoint) => number) {
  const { name, color, type } = STYLES[`${method} ${order}`] ?? {
    name: `${method} ${order}`,
    color: '#999',
    type: 'solid' as const,
  };
  return {
    type: 'line',
    name,
    xAxisIndex: index,
    yAxisIndex: index,
    symbolSize: 5,
    data: points.map(point => [point.labels, 100 * figure(point)]),
    lineStyle: { color, type, width: 2 },
    itemStyle: { color },
  };
}
