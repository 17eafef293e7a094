/** Frames and labels to try things with. */
import { ulid } from 'ulid';
import { createRandom } from '../../../src/base/random.ts';
import type { Label, NewFrame } from '../../../src/learning/archive/types.ts';

export const NOW = Date.UTC(2026, 5, 1, 9, 0, 0);
export const MINUTE_MS = 60_000;

/** Random numbers as after a backbone: none negative. */
export function embeddingsOf(seed: number, cells = 2, width = 32): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: cells * width }, () => Math.max(0, random.between(-1, 3)));
}

/** No JPEG, but bytes: the archive does not look into them. */
export function pictureOf(seed: number, bytes = 1000): Buffer {
  const random = createRandom(seed);
  return Buffer.from(Uint8Array.from({ length: bytes }, () => random.below(256)));
}

let made = 0;

export function newFrame(more: Partial<NewFrame> = {}): NewFrame {
  made++;
  const takenAt = more.takenAt ?? NOW + made * 1000;
  const cell = { zone: 'all', rectangle: { x: 0, y: 0, w: 0.5, h: 1 }, scores: { surfing: 0.25 } };
  return {
    id: ulid(takenAt),
    takenAt,
    because: 'uncertain',
    visibility: 'ok',
    head: 'head-1',
    backbone: 'backbone-1',
    novelty: null,
    cells: [cell, { ...cell, rectangle: { x: 0.5, y: 0, w: 0.5, h: 1 } }],
    picture: pictureOf(made),
    embeddings: embeddingsOf(made),
    ...more,
  };
}

export function labelAs(labels: readonly string[], more: Partial<Label> = {}): Label {
  return { labels, by: 'anna', way: 'mqtt', at: NOW, ...more };
}
