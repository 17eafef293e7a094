/** Draws charts as SVG markup: static, self-contained, in the colours of the page (light and dark). */
import type { EChartsCoreOption } from 'echarts/core';
import { type Html, html, trusted } from '../../../base/html.ts';

/** CSS colours of the page: see `style.ts`. Told apart by people who see no red or green (Okabe and Ito 2008). */
export const COLOURS = {
  ink: 'var(--ink)',
  soft: 'var(--soft)',
  line: 'var(--line)',
  first: 'var(--first)',
  second: 'var(--second)',
} as const;

export interface Chart {
  readonly title: string;
  /** What it shows, for who cannot see it. */
  readonly description: string;
  /** Said beneath; markup. */
  readonly note?: Html;
  readonly option: EChartsCoreOption;
}

/** Pixels of its coordinates: as wide as a phone shows it, so that text has its own size there. */
const SIZE = { width: 330, height: 240 };

/**
 * Draws several, as figures of one row where there is room. Apache ECharts is loaded for it.
 *
 * @param name of the row, unique in the page
 */
export async function drawCharts(name: string, charts: readonly Chart[]): Promise<Html> {
  const echarts = await loadEcharts();
  const figures = charts.map(({ title, description, note, option }, index) => {
    const canvas = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
    canvas.setOption({ ...BASE, ...option });
    const svg = cleaned(canvas.renderToSVGString(), `${name}-${index}`);
    canvas.dispose();
    return html`<figure class="chart">
<figcaption>${title}</figcaption>
<div role="img" aria-label="${description}">${trusted(svg)}</div>
${note !== undefined && html`<p>${note}</p>`}
</figure>
`;
  });
  return html`<div class="charts">
${figures}</div>`;
}

async function loadEcharts() {
  const echarts = await import('echarts/core');
  const { LineChart, ScatterChart } = await import('echarts/charts');
  const { GridComponent, MarkLineComponent, MarkPointComponent } = await import('echarts/components');
  const { SVGRenderer } = await import('echarts/renderers');
  echarts.use([LineChart, ScatterChart, GridComponent, MarkLineComponent, MarkPointComponent, SVGRenderer]);
  return echarts;
}

const BASE: EChartsCoreOption = {
  animation: false,
  grid: { left: 44, right: 14, top: 14, bottom: 40 },
};

/** One axis in the page's colours. */
export function axis(name: string, rest: EChartsCoreOption = {}, horizontal = false): EChartsCoreOption {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: horizontal ? 24 : 32,
    nameTextStyle: { color: COLOURS.soft, fontSize: 12 },
    axisLabel: { color: COLOURS.soft, fontSize: 12, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: COLOURS.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: COLOURS.line } },
    ...rest,
  };
}

/** 0 to 1, in percent. */
export function shareAxis(name: string, horizontal = false): EChartsCoreOption {
  const labels = {
    color: COLOURS.soft,
    fontSize: 12,
    formatter: (value: number) => `${Math.round(100 * value)}`,
  };
  return axis(`${name} (%)`, { min: 0, max: 1, interval: 0.25, axisLabel: labels }, horizontal);
}

/** A label beside a point or line. */
export function label(text: string, colour: string, position = 'top'): EChartsCoreOption {
  return { show: true, formatter: text, color: colour, fontSize: 12, position, textBorderWidth: 0 };
}

/**
 * Styles move from attributes and style elements, which the page's policy forbids, to the style sheet; and the marks for
 * a script that isn't there go. Ids count up in a process: by name, the same record gives the same page.
 */
function cleaned(svg: string, name: string): string {
  return svg
    .replaceAll(/(id="|url\(#)zr\d+-/g, `$1${name}-`)
    .replaceAll(/<style\b[\s\S]*?<\/style>/g, '')
    .replaceAll(/ (?:style|class|ecmeta_\w+|pointer-events|xmlns:xlink|baseProfile)="[^"]*"/g, '')
    .replace(/<svg width="\d+" height="\d+"/, '<svg aria-hidden="true" focusable="false"');
}
