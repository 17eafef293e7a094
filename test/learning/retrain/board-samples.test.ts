import { describe, expect, it } from 'vitest';
import { boardRows } from '../../../src/learning/retrain/board-rows.ts';
import { cellsToLearn, falseAlarms, labelCells } from '../../../src/learning/retrain/board-samples.ts';
import type { BoardFrame } from '../../../src/learning/retrain/types.ts';

const ACTIVITIES = ['surfing', 'windsurfing', 'sup'];
const RIDER = 0.5;

/** Three cells side by side. */
function frame(labels: readonly string[], change: Partial<BoardFrame> = {}): BoardFrame {
  const cells = [0, 1, 2].map(index => ({
    zone: 'beach',
    rectangle: { x: index / 3, y: 0, w: 1 / 3, h: 1 },
  }));
  return { id: labels.join('+'), takenAt: 0, labels, cells, embeddings: new Float32Array(12), ...change };
}

function labelled(frames: readonly BoardFrame[], logits: readonly number[], alarms?: ReadonlySet<number>) {
  const cells = cellsToLearn(frames);
  const { targets, mask } = labelCells(frames, cells, ACTIVITIES, Float32Array.from(logits), alarms);
  const outputs = logits.length / cells.length;
  const rows = (from: Float32Array) =>
    cells.map((_, row) => [...from.subarray(row * outputs, (row + 1) * outputs)]);
  return { targets: rows(targets), mask: rows(mask) };
}

describe('cellsToLearn', () => {
  it('takes every cell of a frame that is labelled as a whole', () => {
    expect(cellsToLearn([frame(['surfing'])]).map(({ cell }) => cell)).toEqual([0, 1, 2]);
  });

  it('takes the cells whose middle lies in the marked part', () => {
    const marked = frame(['surfing'], { rectangle: { x: 0.1, y: 0.2, w: 0.5, h: 0.5 } });
    expect(cellsToLearn([marked]).map(({ cell }) => cell)).toEqual([0, 1]);
  });

  it('takes the cell that has the most of a part in which no middle lies', () => {
    const marked = frame(['surfing'], { rectangle: { x: 0.3, y: 0.2, w: 0.15, h: 0.2 } });
    expect(cellsToLearn([marked]).map(({ cell }) => cell)).toEqual([1]);
    const outside = frame(['surfing'], { rectangle: { x: 0, y: 1, w: 0.1, h: 0.1 } });
    expect(cellsToLearn([outside])).toEqual([]);
  });
});

describe('labelCells', () => {
  it('finds the activity in the likeliest cell and leaves it open in the others', () => {
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

  it('knows that nothing is in any cell of a frame of none', () => {
    const { targets, mask } = labelled([frame([])], Array(9).fill(2));
    expect(targets.flat()).toEqual(Array(9).fill(0));
    expect(mask.flat()).toEqual(Array(9).fill(1));
  });

  it('may find two activities in two cells', () => {
    const { targets } = labelled([frame(['surfing', 'windsurfing'])], [3, 0, 0, 0, 0, 0, 0, 3, 0]);
    expect(targets).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('looks for a new activity where a rider is likeliest, of whatever activity', () => {
    const logits = [-4, 0.2, Number.NaN, 0, 0, Number.NaN, -4, -4, Number.NaN];
    expect(labelled([frame(['sup'])], logits).targets[1]).toEqual([0, 0, 1]);
  });

  it('looks only in the marked part', () => {
    const marked = frame(['surfing'], { rectangle: { x: 0.7, y: 0, w: 0.2, h: 1 } });
    expect(labelled([marked], [-9, 0, 0]).targets).toEqual([[1, 0, 0]]);
  });

  it('says nothing of background outputs, nor takes a kite for a rider', () => {
    const logits = [-4, -4, Number.NaN, 9, -1, -1, Number.NaN, -9, -4, -4, Number.NaN, 9];
    const { targets, mask } = labelled([frame(['sup'])], logits);
    expect(targets[1]).toEqual([0, 0, 1, 0]);
    expect(mask.map(row => row[3])).toEqual([0, 0, 0]);
  });

  it('never finds an activity where there was a false alarm', () => {
    const logits = [5, 0, 0, 1, 0, 0, 0, 0, 0];
    expect(labelled([frame(['surfing'])], logits, new Set([0])).targets[1]).toEqual([1, 0, 0]);
    const nowhere = labelled([frame(['surfing'])], logits, new Set([0, 1, 2]));
    expect(nowhere.targets.flat()).toEqual(Array(9).fill(0));
    expect(nowhere.mask.map(row => row[0])).toEqual([0, 0, 0]);
  });
});

describe('falseAlarms', () => {
  const alarmsOf = (frames: readonly BoardFrame[], logits: readonly number[]) => [
    ...falseAlarms(frames, cellsToLearn(frames), ACTIVITIES, Float32Array.from(logits), RIDER),
  ];
  const quiet = Array(9).fill(-5);
  const buoy = [-5, -5, -5, 2, -5, -5, -5, -5, -5];

  it('are the places at which a rider was seen though nobody was there', () => {
    expect(alarmsOf([frame([]), frame(['surfing'])], [...buoy, ...quiet])).toEqual([4]);
    expect(alarmsOf([frame([]), frame(['surfing'])], [...quiet, ...buoy])).toEqual([]);
  });

  it('are of this camera alone', () => {
    const sent = frame([], { elsewhere: true });
    expect(alarmsOf([sent, frame(['surfing'])], [...buoy, ...quiet])).toEqual([]);
    expect(alarmsOf([frame([]), frame(['surfing'], { elsewhere: true })], [...buoy, ...quiet])).toEqual([]);
  });

  it('are of about one size', () => {
    const large = frame(['surfing'], { cells: [{ zone: '', rectangle: { x: 0, y: 0, w: 1, h: 1 } }] });
    expect(alarmsOf([frame([]), large], [...buoy, -5, -5, -5])).toEqual([]);
  });
});

describe('boardRows', () => {
  const rowsOf = (frames: readonly BoardFrame[], logits: Float32Array, hardNegatives = 1) => {
    const cells = cellsToLearn(frames);
    const columns = { activities: ACTIVITIES, background: [] };
    const inputs = new Float32Array(cells.length * 4);
    return boardRows(frames, cells, columns, inputs, logits, { hardNegatives, rider: RIDER });
  };
  const weightsOf = (...given: Parameters<typeof rowsOf>) => rowsOf(...given).weights;

  it('weighs to one, each label combination by the square root of its frames', () => {
    const frames = [frame(['surfing']), ...Array.from({ length: 4 }, () => frame([]))];
    const weights = weightsOf(frames, new Float32Array(45).fill(-2));
    const sum = (from: number, to: number) =>
      weights.slice(from, to).reduce((total, each) => total + each, 0);
    expect(sum(0, 15)).toBeCloseTo(1);
    expect(sum(0, 3)).toBeCloseTo(1 / 3);
  });

  it('gives the cell with the activity half of its frame', () => {
    const weights = weightsOf([frame(['surfing'])], Float32Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0));
    expect([...weights]).toEqual([0.25, 0.5, 0.25]);
  });

  it('draws cells more often that are taken for a rider and are none', () => {
    const weights = weightsOf([frame([])], Float32Array.of(-2, -2, -2, 2, -2, -2, -2, -2, -2), 3);
    expect([...weights].map(weight => Number(weight.toFixed(3)))).toEqual([0.2, 0.6, 0.2]);
  });
});
