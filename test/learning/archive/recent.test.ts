import { expect, it } from 'vitest';
import { createRecentFrames } from '../../../src/learning/archive/recent.ts';
import { newFrame } from './frames.ts';

function framesOf(count: number, picture: Buffer | null = Buffer.alloc(1000)) {
  return Array.from({ length: count }, () => newFrame({ picture, embeddings: null }));
}

it('the newest frames are found by their ids, bounded by their number', () => {
  const recent = createRecentFrames({ frames: 2, bytes: 1e6 });
  const [a, b, c] = framesOf(3);
  for (const frame of [a, b, c]) if (frame) recent.add(frame);
  expect([a, b, c].map(frame => recent.get(frame?.id ?? ''))).toEqual([undefined, b, c]);
  expect(recent.list()).toEqual([c, b]);
  expect(recent.bytes).toBe(2000);
});

it('they are bounded by their bytes, of pictures and embeddings', () => {
  const recent = createRecentFrames({ frames: 100, bytes: 2500 });
  for (const frame of framesOf(4)) recent.add(frame);
  expect(recent).toMatchObject({ size: 2, bytes: 2000 });
  recent.add(newFrame({ picture: null, embeddings: new Float32Array(375) }));
  expect(recent).toMatchObject({ size: 2, bytes: 2500 });
  recent.add(newFrame({ picture: Buffer.alloc(3000), embeddings: null }));
  expect(recent).toMatchObject({ size: 0, bytes: 0 });
});

it('a frame that comes again counts once and is the newest', () => {
  const recent = createRecentFrames({ frames: 2, bytes: 1e6 });
  const [a, b, c] = framesOf(3);
  for (const frame of [a, b, a, c]) if (frame) recent.add(frame);
  expect(recent.list()).toEqual([c, a]);
});
