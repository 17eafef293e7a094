import { describe, expect, it } from 'vitest';
import {
  axis,
  drawCharts,
  drawPlot,
  type Plot,
  shareAxis,
} from '../../../src/training/report/charts/chart.ts';

const SIZE = { width: 330, height: 240 };
const FRAME = { left: 48, right: 14, top: 22, bottom: 40 };

const plotOf = (series: Plot['series'], more: Partial<Plot> = {}): Plot => ({
  x: axis('epoch', 0, 40),
  y: shareAxis('accuracy'),
  series,
  ...more,
});
const drawn = (plot: Plot) => drawPlot(plot, SIZE).toString();
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe('axis', () => {
  it('has round ticks, few of them, within its ends', () => {
    expect(axis('x', 0, 40).ticks).toEqual([0, 10, 20, 30, 40]);
    expect(axis('x', 0, 7, { whole: true }).ticks).toEqual([0, 2, 4, 6]);
    expect(axis('x', 0, 2, { whole: true }).ticks).toEqual([0, 1, 2]);
    expect(axis('x', 0.6, 1).ticks.map(tick => tick.toFixed(2))).toEqual([
      '0.60',
      '0.70',
      '0.80',
      '0.90',
      '1.00',
    ]);
    expect(axis('x', 0, 1340).ticks).toEqual([0, 500, 1000]);
  });

  it('reaches a round number where that is asked for, and is never of no length', () => {
    expect(axis('loss', 0, 0.73, { round: true })).toMatchObject({ min: 0, max: 0.8 });
    const flat = axis('loss', 0, 0, { round: true });
    expect(flat.max).toBeGreaterThan(0);
    expect(drawn(plotOf([], { y: flat }))).not.toMatch(/NaN|Infinity/);
  });

  it('says shares in percent', () => {
    expect(shareAxis('recall')).toMatchObject({ name: 'recall (%)', min: 0, max: 1 });
    expect(texts(drawn(plotOf([])))).toEqual(
      expect.arrayContaining(['0', '25', '50', '75', '100', 'accuracy (%)', 'epoch']),
    );
  });
});

describe('drawPlot', () => {
  it('puts the ends of the axes at the ends of the frame', () => {
    const points = [
      [0, 0],
      [40, 1],
    ] as const;
    const svg = drawn(plotOf([{ points, colour: 'red', line: 2 }]));
    const [right, bottom] = [SIZE.width - FRAME.right, SIZE.height - FRAME.bottom];
    expect(svg).toContain(`d="M${FRAME.left} ${bottom}L${right} ${FRAME.top}"`);
  });

  it('marks points by dots of their size and by diamonds, and spans by lines that stay within the frame', () => {
    const svg = drawn(
      plotOf([
        { points: [[10, 0.5]], colour: 'red', mark: { kind: 'dot', sizes: [8] } },
        { points: [[20, 0.5]], colour: 'blue', mark: { kind: 'diamond', sizes: [14] } },
        { points: [], colour: 'red', spans: [[10, -1, 0.5]] },
      ]),
    );
    expect(svg).toContain('<circle cx="115" cy="111" r="4" fill="red"/>');
    expect(svg).toContain('<path d="M182 104L189 111L182 118L175 111Z" fill="blue"/>');
    expect(svg).toContain('d="M115 200L115 111"');
  });

  it('names the upright line', () => {
    const svg = drawn(plotOf([], { upright: { x: 30, label: 'kept: <30>' } }));
    expect(texts(svg)).toContain('kept: &lt;30&gt;');
    expect(svg).toContain('text-anchor="end">kept');
  });
});

it('draws the same charts as the same markup, with what they show in words', () => {
  const chart = { title: 'Loss', description: 'falls "fast"', plot: plotOf([]) };
  const figures = drawCharts([chart, chart]).toString();
  expect(figures).toBe(drawCharts([chart, chart]).toString());
  expect(figures.match(/aria-label="falls &quot;fast&quot;"/g)).toHaveLength(2);
  expect(figures).not.toMatch(/ (?:style|class)="(?!chart)|<style/);
});
