import { describe, expect, it } from 'vitest';
import { countedTruth } from '../../src/cli/evaluate-frames.ts';
import {
  type Found,
  figuresOf,
  type Judge,
  meanOf,
  outcomeOf,
  presenceCurve,
  type ReadExample,
  riderCurve,
  type Truth,
} from '../../src/cli/frame-metrics.ts';

const JUDGE: Judge = {
  activities: ['surfing', 'kitesurfing'],
  thresholds: { surfing: 0.5, kitesurfing: 0.5 },
  cells: { rider: 0.5, presence: { slope: 1, intercept: 0 } },
};

const places = [0.1, 0.3, 0.5, 0.7, 0.9];

function truthOf(count: number, other: Partial<Truth> = {}): Truth {
  const riders = places.slice(0, count).map(x => ({
    activity: 'surfing',
    box: { x: x - 0.01, y: 0.48, w: 0.02, h: 0.04 },
  }));
  return { riders, kites: [], ignored: [], ...other };
}

function found(x: number, score: number, activity = 'surfing'): Found {
  const rest = activity === 'surfing' ? 'kitesurfing' : 'surfing';
  return { x, y: 0.5, score, scores: { [activity]: score, [rest]: 0 } };
}

function example(truth: Truth, detections: readonly Found[], camera = 'pier', visible = true): ReadExample {
  return { camera, truth, found: detections, visible };
}

function figures(...examples: ReadExample[]) {
  return figuresOf(examples.map(one => outcomeOf(one, JUDGE)));
}

describe('figures of frames', () => {
  it('tells finding something from naming and hitting it', () => {
    const result = figures(
      example(truthOf(1), [found(0.1, 0.9)]),
      // An activity, but another, and at another place.
      example(truthOf(1), [found(0.8, 0.9, 'kitesurfing')]),
      example(truthOf(1), [found(0.1, 0.9, 'kitesurfing')]),
      example(truthOf(1), []),
    );
    expect(result).toMatchObject({ frames: 4, occupied: 4, empty: 0, riders: 4 });
    expect(result).toMatchObject({ found: 0.75, named: 0.25, hit: 0.5, leftAlone: null });
    expect(result).toMatchObject({ recall: 0.5, precision: 2 / 3, activityRight: 0.5, countError: null });
  });

  it('leaves frames with nothing but kites and unsure things out of those without riders', () => {
    const area = { x: 0, y: 0, w: 1, h: 1 };
    const wrong = [found(0.9, 0.9)];
    const result = figures(
      example(truthOf(0), []),
      example(truthOf(0), wrong),
      example(truthOf(0, { ignored: [area] }), wrong),
      example(truthOf(0, { kites: [area] }), wrong),
    );
    expect(result).toMatchObject({ frames: 4, occupied: 0, empty: 2, leftAlone: 0.5, precision: 0 });
    expect(result.found).toBeNull();
  });

  it('measures counts where there are three riders or more', () => {
    const result = figures(
      example(truthOf(2), []),
      example(truthOf(4), [found(0.1, 0.9), found(0.3, 0.9), found(0.3, 0.7)]),
      example(truthOf(5), [found(0.1, 0.9)]),
    );
    // |3 − 4| + |1 − 5| of 9.
    expect(result.countError).toBeCloseTo(5 / 9);
  });

  it('takes a second detection of one rider, and one of nobody, for wrong, and one at a kite for neither', () => {
    const kites = [{ x: 0.68, y: 0.48, w: 0.04, h: 0.04 }];
    const detections = [found(0.1, 0.9), found(0.7, 0.8), found(0.105, 0.7), found(0.9, 0.6)];
    const outcome = outcomeOf(example(truthOf(2, { kites }), detections), JUDGE);
    expect(outcome).toMatchObject({ riders: 2, matched: 1, missed: 1, wrong: 2 });
  });

  it('finds nothing in a frame that cannot be judged', () => {
    const result = figures(example(truthOf(1), [found(0.1, 0.9)], 'pier', false));
    expect(result).toMatchObject({ found: 0, named: 0, hit: 0, recall: 0 });
  });

  it('gives each camera the same weight in the mean', () => {
    const good = figures(example(truthOf(1), [found(0.1, 0.9)]));
    const bad = figures(...Array.from({ length: 9 }, () => example(truthOf(1), [])));
    const empty = figures(example(truthOf(0), []));
    expect(meanOf([good, bad, empty])).toMatchObject({ found: 0.5, recall: 0.5, leftAlone: 1 });
  });
});

describe('curves', () => {
  const examples = [
    example(truthOf(1), [found(0.1, 0.62)]),
    example(truthOf(1), [found(0.1, 0.32)]),
    example(truthOf(0), [found(0.9, 0.42)]),
  ];

  it('over the threshold of a rider', () => {
    const curve = riderCurve(examples, JUDGE);
    const at = (threshold: number) => curve.find(point => point.threshold === threshold);
    expect(at(0.3)).toMatchObject({ recall: 1, precision: 2 / 3, hit: 1 });
    expect(at(0.5)).toMatchObject({ recall: 0.5, precision: 1, hit: 0.5 });
    expect(at(0.65)).toMatchObject({ recall: 0, precision: null, hit: 0 });
  });

  it('over the threshold of presence, at which nothing but the answer changes', () => {
    const curve = presenceCurve(examples, JUDGE);
    const at = (threshold: number) => curve.find(point => point.threshold === threshold);
    expect(at(0.2)).toMatchObject({ found: 1, leftAlone: 0 });
    expect(at(0.5)).toMatchObject({ found: 0.5, leftAlone: 1 });
    expect(at(0.9)).toMatchObject({ found: 0, leftAlone: 1 });
  });

  it('fall as the threshold rises', () => {
    const shares = riderCurve(examples, JUDGE).map(({ recall }) => recall ?? 0);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });
});

describe('countedTruth', () => {
  it('takes no account of riders outside of the zones, or that the head does not know', () => {
    const truth = truthOf(2);
    const zone = {
      name: 'left',
      points: [
        { x: 0, y: 0 },
        { x: 0.2, y: 0 },
        { x: 0.2, y: 1 },
        { x: 0, y: 1 },
      ],
    };
    expect(countedTruth(truth, ['surfing'], null)).toEqual(truth);
    expect(countedTruth(truth, ['surfing'], [zone])).toEqual({
      ...truthOf(1),
      ignored: [truth.riders[1]?.box],
    });
    expect(countedTruth(truth, ['kitesurfing'], null)).toMatchObject({ riders: [], ignored: [{}, {}] });
  });
});
