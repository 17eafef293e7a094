import { expect, it } from 'vitest';
import type { SeenFrame } from '../../../src/web/ui/seen.ts';
import { placeScores } from '../../../src/web/ui/views/now/place-scores.ts';

const RIDER = { activity: 'surfing', x: 0.5, y: 0.5, size: 0.02, score: 0.9 };

const frameOf = (second: number, riders: SeenFrame['riders']): SeenFrame => ({
  frame: `frame-${second}`,
  takenAt: new Date(second * 1_000).toISOString(),
  riders,
  activity: 'surfing',
  activities: ['surfing'],
  count: null,
  visibility: 'ok',
  detail: null,
});

it('follows the nearest rider of the same activity, and says where there was none', () => {
  const frames = [
    frameOf(1, [RIDER, { ...RIDER, x: 0.51, score: 0.4 }]),
    frameOf(2, [{ ...RIDER, x: 0.515, y: 0.51, score: 0.7 }]),
    frameOf(3, [{ ...RIDER, x: 0.6, score: 0.8 }]),
    frameOf(4, [{ ...RIDER, activity: 'windsurfing' }]),
    frameOf(5, []),
  ];
  expect(placeScores(frames, RIDER)).toEqual([
    { atMs: 1_000, score: 0.9 },
    { atMs: 2_000, score: 0.7 },
    { atMs: 3_000, score: null },
    { atMs: 4_000, score: null },
    { atMs: 5_000, score: null },
  ]);
});
