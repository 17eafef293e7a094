import { describe, expect, it } from 'vitest';
import { labelArgsSchema } from '../../../src/messaging/label-payload.ts';
import {
  added,
  changed,
  emptied,
  grouped,
  labelArgs,
  type QueuedFrame,
  reviewOf,
  ridersIn,
  toggled,
} from '../../../src/web/ui/views/label/review.ts';

const FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
const rectangle = { x: 0.38, y: 0.6, w: 0.04, h: 0.06 };

const queued = (frame: string, takenAt: string, places: QueuedFrame['places']): QueuedFrame => ({
  frame,
  takenAt,
  ask: 'points',
  activity: 'surfing',
  reasons: [],
  places,
});
const places: QueuedFrame['places'] = [
  { number: 1, x: 0.4, y: 0.63, rectangle, activity: 'surfing', score: 0.9 },
  { number: 2, x: 0.6, y: 0.5, rectangle: { ...rectangle, x: 0.58 }, activity: 'kitesurfing', score: 0.7 },
  { number: null, x: 0.1, y: 0.7, rectangle: { ...rectangle, x: 0.08 }, activity: 'surfing', score: 0.2 },
];
const review = reviewOf({ frame: FRAME, places });

describe('the review of a frame', () => {
  it('confirms what was detected, and says nothing of weaker places', () => {
    expect(labelArgs(review)).toEqual({
      frame: FRAME,
      riders: [
        { x: 0.4, y: 0.63, activity: 'surfing' },
        { x: 0.6, y: 0.5, activity: 'kitesurfing' },
      ],
      nobody: [],
      complete: false,
    });
  });

  it('rejects one, changes an activity, takes a weak place for a rider, and adds one', () => {
    const said = added(
      toggled(changed(toggled(review, 0), 1, { activity: 'windsurfing' }), 2),
      { x: 0.99, y: 0.01 },
      'surfing',
      16 / 9,
    );
    expect(labelArgs(said)).toEqual({
      frame: FRAME,
      riders: [
        { x: 0.6, y: 0.5, activity: 'windsurfing' },
        { x: 0.1, y: 0.7, activity: 'surfing' },
        { x: 0.99, y: 0.01, activity: 'surfing' },
      ],
      nobody: [{ x: 0.4, y: 0.63 }],
      complete: false,
    });
    expect(toggled(said, 3).marks).toHaveLength(3);
  });

  it('makes labels that the daemon takes', () => {
    for (const said of [
      review,
      toggled(review, 1),
      emptied(review),
      emptied(reviewOf({ frame: FRAME, places: [] })),
    ]) {
      expect(labelArgsSchema.safeParse(labelArgs(said))).toMatchObject({ success: true });
    }
    expect(labelArgs(emptied(review))).toMatchObject({ riders: [], complete: true });
    expect(labelArgs(emptied(review)).nobody).toHaveLength(3);
    expect(ridersIn(emptied(added(review, { x: 0.5, y: 0.5 }, 'surfing', 1)))).toBe(0);
  });
});

describe('near-duplicates', () => {
  it('are put together where the same riders are at the same places soon after each other', () => {
    const moved = places.map(place => ({ ...place, x: place.x + 0.01 }));
    const groups = grouped([
      queued('a', '2026-06-01T09:00:00Z', places),
      queued('b', '2026-06-01T12:00:00Z', places),
      queued('c', '2026-06-01T09:00:10Z', moved),
      queued('d', '2026-06-01T09:00:20Z', places.slice(0, 1)),
      queued('e', '2026-06-01T09:00:30Z', []),
      queued('f', '2026-06-01T09:00:40Z', []),
      queued('g', '2026-06-01T09:05:00Z', []),
    ]);
    expect(groups.map(group => group.map(({ frame }) => frame).join(''))).toEqual([
      'ac',
      'b',
      'd',
      'ef',
      'g',
    ]);
  });
});
