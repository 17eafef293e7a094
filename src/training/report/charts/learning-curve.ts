/** Accuracy against number of photos, and how it may go on. */

import { count, percent } from '../../../base/words.ts';
import type { LearningCurve } from '../../../learning/fit/learning-curve-fit.ts';
import { accuracyAt, lawOf } from '../../../learning/fit/learning-curve-fit.ts';
import { axis, type Chart, COLOURS, type Series, shareAxis } from './chart.ts';

export function learningCurveChart({ points, next }: LearningCurve): Chart {
  const last = points.at(-1)?.photos ?? 1;
  const end = next?.photos ?? last;
  const lows = [...points.map(({ accuracy, spread }) => accuracy - spread), next?.low ?? 1];
  const least = Math.max(0, Math.min(0.8, Math.floor(10 * Math.min(...lows)) / 10));
  const said = points.map(({ photos, accuracy }) => `${count(photos)}: ${percent(accuracy)}`);
  return {
    title: 'Accuracy by number of photos',
    description: `Accuracy by number of photos learnt from: ${said.join('; ')}.`,
    plot: {
      x: axis('photos', 0, Math.ceil((end * 1.04) / 10) * 10, { whole: true }),
      y: shareAxis('accuracy', least),
      series: [
        // Left out where the points don't bear one.
        ...(next === null ? [] : [lawLine(points, end, least)]),
        {
          points: points.map(({ photos, accuracy }) => [photos, accuracy]),
          colour: COLOURS.first,
          mark: { kind: 'dot', sizes: [8] },
          spans: points.map(({ photos, accuracy, spread }) => [photos, accuracy - spread, accuracy + spread]),
        },
        ...(next === null ? [] : [expected(next)]),
      ],
    },
  };
}

function lawLine(points: LearningCurve['points'], end: number, least: number): Series {
  const law = lawOf(points);
  const first = points[0]?.photos ?? 1;
  const places = Array.from({ length: 60 }, (_, index) => first + ((end - first) * index) / 59);
  const curve = places.map(place => [place, accuracyAt(law, place)] as const);
  return {
    points: curve.filter(([, accuracy]) => accuracy >= least),
    colour: COLOURS.soft,
    line: 1.5,
    dashes: '4 3',
  };
}

function expected({ photos, accuracy, low, high }: NonNullable<LearningCurve['next']>): Series {
  return {
    points: [[photos, accuracy]],
    colour: COLOURS.second,
    mark: { kind: 'diamond', sizes: [14] },
    spans: [[photos, low, high]],
  };
}
