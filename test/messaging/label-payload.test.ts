import { describe, expect, it } from 'vitest';
import { labelArgsSchema } from '../../src/messaging/label-payload.ts';

const frame = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
const rider = { x: 0.41, y: 0.63, activity: 'surfing' };

describe('arguments of label', () => {
  it.each([
    { frame, labels: ['surfing'] },
    { frame, riders: [rider] },
    { frame, riders: [], complete: true },
    { frame, riders: [rider], nobody: [{ x: 0, y: 1 }], complete: true },
    { frame, confirm: true },
    { frames: [frame], confirm: true, complete: true },
    { frame, not: [2, 5], also: [rider] },
  ])('take %j', said => {
    expect(labelArgsSchema.parse(said)).toEqual(said);
  });

  it.each([
    [{ frame, riders: [{ ...rider, x: 1.01 }] }],
    [{ frame, riders: [{ x: 0.5, y: 0.5 }] }],
    [{ frame, riders: Array(201).fill(rider) }],
    [{ frame, riders: [rider], labels: ['surfing'] }],
    [{ frame, riders: [rider], rectangle: { x: 0, y: 0, w: 1, h: 1 } }],
    [{ frame, riders: [rider], confirm: true }],
    [{ frames: [frame], riders: [rider] }],
    [{ frames: [frame], not: [1] }],
    [{ frame, not: [0] }],
    [{ frame, labels: ['surfing'], complete: true }],
    [{ frame, complete: true }],
    [{ frame, undo: true, confirm: true }],
  ])('refuse %j', said => {
    expect(labelArgsSchema.safeParse(said).success).toBe(false);
  });
});
