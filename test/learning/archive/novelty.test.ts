import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { createLatelyKept } from '../../../src/learning/archive/lately-kept.ts';
import { createReferences, noveltyOf, strongestCells } from '../../../src/learning/archive/novelty.ts';
import { embeddingsOf } from './frames.ts';

const WIDTH = 128;

function cosineDistance(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return 1 - product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** Some way from `from` towards something else. */
function moved(from: Float32Array, share: number, seed: number): Float32Array {
  const other = embeddingsOf(seed, from.length / WIDTH, WIDTH);
  return from.map((value, index) => (1 - share) * value + share * (other[index] ?? 0));
}

describe('novelty', () => {
  it('is the distance to the nearest of all that is known', () => {
    const references = createReferences(WIDTH, 300);
    const known = embeddingsOf(1, 300, WIDTH);
    references.add(known);
    const random = createRandom(5);
    for (const share of [0, 0.05, 0.2]) {
      const row = random.below(300);
      const asked = moved(known.slice(row * WIDTH, (row + 1) * WIDTH), share, 900 + row);
      const all = Array.from({ length: 300 }, (_, index) =>
        cosineDistance(asked, known.subarray(index * WIDTH, (index + 1) * WIDTH)),
      );
      expect(references.distances(asked)[0]).toBeCloseTo(Math.min(...all), 4);
    }
  });

  it('is that of the most unusual cell; null where nothing is known', () => {
    const references = createReferences(WIDTH, 10);
    const known = embeddingsOf(1, 2, WIDTH);
    expect(noveltyOf(known, references)).toBeNull();
    references.add(known);
    expect(noveltyOf(known, references)).toBeCloseTo(0, 5);
    const half = Float32Array.from([...known.subarray(0, WIDTH), ...embeddingsOf(9, 1, WIDTH)]);
    expect(noveltyOf(half, references)).toBeCloseTo(Math.max(...references.distances(half)), 6);
    expect(noveltyOf(half, references)).toBeGreaterThan(0.1);
    expect(noveltyOf(new Float32Array(0), references)).toBeNull();
  });

  it('is asked of the strongest cells of a frame alone', () => {
    expect(strongestCells(new Float32Array(40 * 8), 8)).toHaveLength(12 * 8);
    expect(strongestCells(new Float32Array(3 * 8), 8)).toHaveLength(3 * 8);
  });

  it('forgets the oldest where there is no room', () => {
    const references = createReferences(WIDTH, 2);
    const [a, b, c] = [1, 2, 3].map(seed => embeddingsOf(seed, 1, WIDTH));
    for (const row of [a, b, c]) if (row) references.add(row);
    expect(references.size).toBe(2);
    const distances = [a, b, c].map(row => references.distances(row ?? new Float32Array())[0]);
    expect(distances[0]).toBeGreaterThan(0.1);
    expect(distances.slice(1).map(distance => Math.abs(distance ?? 1) < 1e-5)).toEqual([true, true]);
  });
});

describe('frames kept lately', () => {
  const cells = Array.from({ length: 12 });
  const frame = (seed: number) => ({ backbone: 'b', cells, embeddings: embeddingsOf(seed, 12, WIDTH) });

  it('hold one like it only where every cell is like one of it, in whatever order', () => {
    const lately = createLatelyKept(50);
    for (let seed = 0; seed < 50; seed++) lately.add(frame(seed));
    for (const seed of [0, 25, 49]) {
      const { embeddings } = frame(seed);
      expect(lately.hasLike({ ...frame(0), embeddings: moved(embeddings, 0.1, 700) }, 0.02)).toBe(true);
      for (const cell of [0, 7, 11]) {
        const changed = Float32Array.from(embeddings);
        changed.set(embeddingsOf(800 + cell, 1, WIDTH), cell * WIDTH);
        expect(lately.hasLike({ ...frame(0), embeddings: changed }, 0.02)).toBe(false);
      }
    }
    expect(lately.hasLike(frame(99), 0.02)).toBe(false);
    const { embeddings } = frame(25);
    const turned = Float32Array.from([...embeddings.subarray(WIDTH), ...embeddings.subarray(0, WIDTH)]);
    expect(lately.hasLike({ ...frame(0), embeddings: turned }, 0.02)).toBe(true);
  });

  it('are not compared across backbones, or without embeddings', () => {
    const lately = createLatelyKept(50);
    const known = frame(1);
    lately.add(known);
    lately.add({ ...known, embeddings: null });
    expect(lately.hasLike(known, 0)).toBe(true);
    expect(lately.hasLike({ ...known, backbone: 'c' }, 2)).toBe(false);
    expect(lately.hasLike({ ...known, embeddings: null }, 2)).toBe(false);
    const fewer = { ...known, cells: cells.slice(1), embeddings: known.embeddings.subarray(WIDTH) };
    expect(lately.hasLike(fewer, 0.02)).toBe(true);
  });
});
