/** Accuracy against number of photos, and how it may go on. */

import { count, percent } from '../../../base/words.ts';
import type { LearningCurve } from '../../../learning/fit/learning-curve-fit.ts';
import { accuracyAt, lawOf } from '../../../learning/fit/learning-curve-fit.ts';
import { axis, type Chart, COLOURS } from './chart.ts';

export function learningCurveChart({ points, next }: LearningCurve): Chart {
  const last = points.at(-1)?.photos ?? 1;
  const end = next?.photos ?? last;
  const lows = [...points.map(({ accuracy, spread }) => accuracy - spread), next?.low ?? 1];
  const least = Math.max(0, Math.min(0.8, Math.floor(10 * Math.min(...lows)) / 10));
  const said = points.map(({ photos, accuracy }) => `${count(photos)}: ${percent(accuracy)}`);
  return {
    title: 'Accuracy by number of photos',
    description: `Accuracy by number of photos learnt from: ${said.join('; ')}.`,
    option: {
      grid: { left: 48, right: 22, top: 14, bottom: 40 },
      xAxis: axis(
        'photos',
        { min: 0, max: Math.ceil((end * 1.04) / 10) * 10, splitLine: { show: false }, splitNumber: 4 },
        true,
      ),
      yAxis: axis('accuracy (%)', {
        min: least,
        max: 1,
        splitNumber: 4,
        axisLabel: {
          color: COLOURS.soft,
          fontSize: 12,
          formatter: (value: number) => `${Math.round(100 * value)}`,
        },
      }),
      series: [lawLine(points, end, least, next !== null), measured(points, least), ...expected(next, least)],
    },
  };
}

/** Left out where the points don't bear one. */
function lawLine(points: LearningCurve['points'], end: number, least: number, shown: boolean) {
  const law = lawOf(points);
  const first = points[0]?.photos ?? 1;
  const places = Array.from({ length: 60 }, (_, index) => first + ((end - first) * index) / 59);
  const data = places.map(place => [place, accuracyAt(law, place)] as const);
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    data: shown ? data.filter(([, accuracy]) => accuracy >= least) : [],
    lineStyle: { color: COLOURS.soft, width: 1.5, type: [4, 3] },
  };
}

function measured(points: LearningCurve['points'], least: number) {
  return {
    type: 'line',
    silent: true,
    symbol: 'circle',
    symbolSize: 8,
    data: points.map(({ photos, accuracy }) => [photos, accuracy]),
    lineStyle: { width: 0 },
    itemStyle: { color: COLOURS.first },
    markLine: bars(
      points.map(({ photos, accuracy, spread }) => [photos, accuracy - spread, accuracy + spread]),
      COLOURS.first,
      least,
    ),
  };
}

function expected(next: LearningCurve['next'], least: number) {
  if (next === null) return [];
  return [
    {
      type: 'scatter',
      silent: true,
      symbol: 'diamond',
      symbolSize: 14,
      data: [[next.photos, next.accuracy]],
      itemStyle: { color: COLOURS.second, opacity: 1 },
      markLine: bars([[next.photos, next.low, next.high]], COLOURS.second, least),
    },
  ];
}

function bars(
  spans: readonly (readonly [x: number, low: number, high: number])[],
  color: string,
  least: number,
) {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color, width: 1.5, type: 'solid' },
    data: spans.map(([x, low, high]) => [
      { coord: [x, Math.max(least, low)] },
      { coord: [x, Math.min(1, high)] },
    ]),
  };
}
