import { describe, expect, it } from 'vitest';
import { boardRows } from '../../../src/learning/retrain/board-rows.ts';
import { labelTiles, tilesToLearn } from '../../../src/learning/retrain/board-samples.ts';
import type { BoardFrame } from '../../../src/learning/retrain/types.ts';

const ACTIVITIES = ['surfing', 'windsurfing', 'sup'];

/** Three tiles side by side. */
function frame(labels: readonly string[], change: Partial<BoardFrame> = {}): BoardFrame {
  const tiles = [0, 1, 2].map(index => ({
    zone: 'beach',
    rectangle: { x: index / 3, y: 0, w: 1 / 3, h: 1 },
  }));
  return { id: labels.join('+'), takenAt: 0, labels, tiles, embeddings: new Float32Array(12), ...change };
}

function labelled(frames: readonly BoardFrame[], logits: readonly number[]) {
  const tiles = tilesToLearn(frames);
  const { targets, mask } = labelTiles(frames, tiles, ACTIVITIES, Float32Array.from(logits));
  const rows = (from: Float32Array) => tiles.map((_, row) => [...from.subarray(row * 3, (row + 1) * 3)]);
  return { targets: rows(targets), mask: rows(mask) };
}

describe('tilesToLearn', () => {
  it('takes every tile of a frame that is labelled as a whole', () => {
    expect(tilesToLearn([frame(['surfing'])]).map(({ candidate }) => candidate)).toEqual([true, true, true]);
  });

  it('takes the tiles that meet the marked part, and looks for the activity where most of it is', () => {
    const marked = frame(['surfing'], { rectangle: { x: 0.3, y: 0.2, w: 0.3, h: 0.2 } });
    expect(tilesToLearn([marked]).map(({ tile, candidate }) => [tile, candidate])).toEqual([
      [0, false],
      [1, true],
    ]);
  });
});

describe('labelTiles', () => {
  it('finds the activity in the likeliest tile and leaves it open in the others', () => {
    const { targets, mask } = labelled([frame(['windsurfing'])], [0, -3, 0, 0, 1, 0, 0, -1, 0]);
    expect(targets).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(mask).toEqual([
      [1, 0, 1],
      [1, 1, 1],
      [1, 0, 1],
    ]);
  });

  it('knows that nothing is in any tile of a frame of none', () => {
    const { targets, mask } = labelled([frame([])], Array(9).fill(2));
    expect(targets.flat()).toEqual(Array(9).fill(0));
    expect(mask.flat()).toEqual(Array(9).fill(1));
  });

  it('may find two activities in two tiles', () => {
    const { targets } = labelled([frame(['surfing', 'windsurfing'])], [3, 0, 0, 0, 0, 0, 0, 3, 0]);
    expect(targets).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('looks for a new activity where any is found', () => {
    const logits = [-4, -4, Number.NaN, -4, 1, Number.NaN, -4, -4, Number.NaN];
    expect(labelled([frame(['sup'])], logits).targets[1]).toEqual([0, 0, 1]);
  });

  it('looks only in the marked part', () => {
    const marked = frame(['surfing'], { rectangle: { x: 0.7, y: 0, w: 0.2, h: 1 } });
    expect(labelled([marked], [9, 0, 0]).targets).toEqual([[1, 0, 0]]);
  });
});

describe('boardRows', () => {
  const weightsOf = (frames: readonly BoardFrame[], logits: Float32Array, hard = 1) => {
    const tiles = tilesToLearn(frames);
    return boardRows(frames, tiles, ACTIVITIES, new Float32Array(tiles.length * 4), logits, hard).weights;
  };

  it('weighs to one, each label combination by the square root of its frames', () => {
    const frames = [frame(['surfing']), ...Array.from({ length: 4 }, () => frame([]))];
    const weights = weightsOf(frames, new Float32Array(45).fill(-1));
    const sum = (from: number, to: number) =>
      weights.slice(from, to).reduce((total, each) => total + each, 0);
    expect(sum(0, 15)).toBeCloseTo(1);
    expect(sum(0, 3)).toBeCloseTo(1 / 3);
  });

  it('gives the tile with the activity half of its frame', () => {
    const weights = weightsOf([frame(['surfing'])], Float32Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0));
    expect([...weights]).toEqual([0.25, 0.5, 0.25]);
  });

  it('draws tiles more often that are taken for a rider and are none', () => {
    const weights = weightsOf([frame([])], Float32Array.of(-1, -1, -1, 2, -1, -1, -1, -1, -1), 3);
    expect([...weights].map(weight => Number(weight.toFixed(3)))).toEqual([0.2, 0.6, 0.2]);
  });
});
