import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { boardRows } from '../../../src/learning/retrain/board-rows.ts';
import { cellsToLearn, embeddingsOf, labelCells } from '../../../src/learning/retrain/board-samples.ts';
import { chooseMeant } from '../../../src/learning/retrain/choose-meant.ts';
import { hardestCells } from '../../../src/learning/retrain/hardest-cells.ts';
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

describe('labelCells of points', () => {
  /** At the middle of one of the nine. */
  const at = (cell: number, activity = 'surfing') => ({ x: (cell + 1.5) / 11, y: 0.5, activity });
  const pointed = (
    riders: readonly ReturnType<typeof at>[],
    complete: boolean,
    nobody: { x: number; y: number }[] = [],
  ) =>
    // Nine cells in a row; the rectangle of each is three of them wide.
    frame(['surfing'], {
      cells: Array.from({ length: 9 }, (_, index) => ({
        zone: 'beach',
        rectangle: { x: index / 11, y: 0, w: 3 / 11, h: 1 },
      })),
      pointing: { riders, complete, nobody },
    });
  const quiet = Array(27).fill(-4);

  it('finds the rider in the likeliest cell that shows the place, whatever is likelier elsewhere', () => {
    const logits = quiet.with(0, 5).with(4 * 3, -1);
    const { targets, mask } = labelled([pointed([at(4)], false)], logits);
    expect(targets.map(row => row[0])).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(mask[4]).toEqual([1, 1, 1]);
  });

  it('leaves all else open where not everybody is listed', () => {
    const { mask } = labelled([pointed([at(4)], false)], quiet);
    expect(mask.filter(row => row.some(each => each === 1))).toHaveLength(1);
  });

  it('takes everything that is not near a rider for background where everybody is', () => {
    const { targets, mask } = labelled([pointed([at(0)], true)], quiet);
    expect(targets.flat().reduce((sum, each) => sum + each, 0)).toBe(1);
    expect(mask.map(row => row[0])).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  it('takes what was rejected for background, and leaves the rest open', () => {
    const { mask } = labelled([pointed([at(0)], false, [{ x: 8.7 / 11, y: 0.5 }])], quiet);
    expect(mask.map(row => row[0])).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 1]);
  });
});

/** Rows of whole frames that are alarms, by comparing each with the six strongest of each frame of nobody. */
function notMeantByEach(frames: readonly BoardFrame[], logits: readonly number[]): number[] {
  const rows = frames.flatMap(({ labels, cells, embeddings }, index) =>
    cells.map(({ rectangle }, cell) => {
      const row = index * cells.length + cell;
      const chance = logits
        .slice(row * 3, row * 3 + 3)
        .reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0);
      const vector = embeddings.subarray(cell * 4, cell * 4 + 4);
      return { row, index, whole: labels.length > 0, rectangle, vector, chance: Math.min(1, chance) };
    }),
  );
  type Row = (typeof rows)[number];
  const alarms = rows.filter(
    ({ whole, index, chance }) =>
      !whole &&
      chance >= 0.05 &&
      rows.filter(other => other.index === index && other.chance > chance).length < 6,
  );
  const cosine = (a: Row, b: Row) => {
    const product = (one: Float32Array, other: Float32Array) =>
      one.reduce((sum, each, index) => sum + each * (other[index] as number), 0);
    return product(a.vector, b.vector) / Math.sqrt(product(a.vector, a.vector) * product(b.vector, b.vector));
  };
  const isSamePlace = ({ rectangle: a }: Row, { rectangle: b }: Row) => {
    const side = Math.max(a.w, b.w);
    return (
      side <= 2.5 * Math.min(a.w, b.w) &&
      Math.abs(a.x + a.w / 2 - b.x - b.w / 2) < 0.4 * side &&
      Math.abs(a.y + a.h / 2 - b.y - b.h / 2) < 0.4 * side
    );
  };
  const isAlarm = (row: Row) =>
    alarms.some(
      alarm =>
        (alarm.chance >= RIDER || alarm.chance >= row.chance / 2) &&
        (isSamePlace(alarm, row) || cosine(alarm, row) >= 0.93),
    );
  return rows.filter(row => row.whole && isAlarm(row)).map(({ row }) => row);
}

describe('chooseMeant', () => {
  const quiet = Array(9).fill(-5);
  const strong = (cell: number) => quiet.with(cell * 3, 2);
  /** Frames whose cells look as they are named: what is called the same looks alike. */
  const looking = (labels: readonly string[], looks: readonly number[], change: Partial<BoardFrame> = {}) =>
    frame(labels, {
      embeddings: Float32Array.from(looks.flatMap(look => [0, 1, 2, 3].map(unit => (unit === look ? 1 : 0)))),
      ...change,
    });
  const meantOf = (frames: readonly BoardFrame[], logits: readonly number[]) => {
    const cells = cellsToLearn(frames);
    const vectors = embeddingsOf(frames, cells, 4);
    const { notMeant, unsure } = chooseMeant(
      frames,
      cells,
      ACTIVITIES,
      vectors,
      Float32Array.from(logits),
      RIDER,
    );
    return {
      notMeant: [...notMeant],
      unsure: frames.flatMap((each, index) => (unsure.has(each) ? [index] : [])),
    };
  };
  const none = looking([], [3, 3, 3]);

  it('means nothing at a place where a rider was seen though nobody was there', () => {
    const frames = [none, looking(['surfing'], [0, 1, 2])];
    expect(meantOf(frames, [...strong(1), ...quiet]).notMeant).toEqual([4]);
    expect(meantOf(frames, [...quiet, ...strong(1)])).toEqual({ notMeant: [], unsure: [] });
  });

  it('means nothing that looks like what fires as strongly where nobody was', () => {
    const walker = looking([], [1, 0, 0]);
    const frames = [walker, looking(['surfing'], [0, 1, 2])];
    const logits = [...strong(0), ...quiet.with(3, 2).with(6, 1)];
    expect(meantOf(frames, logits)).toEqual({ notMeant: [3, 4], unsure: [] });
  });

  it('is of this camera alone', () => {
    const sent = looking([], [3, 3, 3], { elsewhere: true });
    expect(meantOf([sent, looking(['surfing'], [0, 1, 2])], [...strong(1), ...quiet]).notMeant).toEqual([]);
    const from = looking(['surfing'], [0, 1, 2], { elsewhere: true });
    expect(meantOf([none, from], [...strong(1), ...quiet]).notMeant).toEqual([]);
  });

  it('is of about one size', () => {
    const large = looking(['surfing'], [1], { cells: [{ zone: '', rectangle: { x: 0, y: 0, w: 1, h: 1 } }] });
    expect(meantOf([none, large], [...strong(1), 0, -5, -5]).notMeant).toEqual([]);
  });

  it('is unsure without a frame of nobody, where nothing is seen, and between two that are as strong and unlike', () => {
    const rider = looking(['surfing'], [0, 1, 2]);
    expect(meantOf([rider], strong(1)).unsure).toEqual([0]);
    expect(meantOf([none, rider], [...quiet, ...quiet]).unsure).toEqual([1]);
    expect(meantOf([none, rider], [...quiet, ...strong(1)]).unsure).toEqual([]);
    expect(meantOf([none, rider], [...quiet, ...strong(1).with(6, 1.9)]).unsure).toEqual([1]);
    const alike = looking(['surfing'], [0, 1, 1]);
    expect(meantOf([none, alike], [...quiet, ...strong(1).with(6, 1.9)]).unsure).toEqual([]);
  });

  it('means what a comparison of each cell with each alarm means', () => {
    const random = createRandom(7);
    const value = (from: number, to: number) => random.between(from, to);
    let said = 0;
    for (let beach = 0; beach < 20; beach++) {
      const sides = [0.1, 0.2, 0.4];
      const frames = Array.from({ length: 12 }, (_, index) => {
        const cells = Array.from({ length: 8 }, () => {
          const side = sides[random.below(3)] as number;
          return {
            zone: '',
            rectangle: { x: random.below(9) / 10, y: random.below(9) / 10, w: side, h: side },
          };
        });
        const embeddings = Float32Array.from({ length: 4 * cells.length }, () => value(-1, 1));
        return frame(index % 2 === 0 ? [] : ['surfing'], { cells, embeddings });
      });
      const logits = Array.from({ length: 12 * 8 * 3 }, () => value(-10, 1));
      const { notMeant } = meantOf(frames, logits);
      expect(notMeant).toEqual(notMeantByEach(frames, logits));
      said += notMeant.length;
    }
    // Neither all of them nor none: a comparison of nothing proves nothing.
    expect(said / (20 * 6 * 8)).toBeGreaterThan(0.2);
    expect(said / (20 * 6 * 8)).toBeLessThan(0.8);
  });

  it('takes complete frames for frames of nobody, but for their riders', () => {
    const riders = [{ x: 0.5 / 3, y: 0.5, activity: 'surfing' }];
    const pointing = { riders, complete: true, nobody: [] };
    const cells = [0, 10, 20].map(x => ({ zone: '', rectangle: { x: x / 30, y: 0, w: 1 / 30, h: 1 } }));
    const complete = looking(['surfing'], [1, 2, 2], {
      cells,
      pointing: { ...pointing, riders: [{ x: 0.5 / 30, y: 0.5, activity: 'surfing' }] },
    });
    const whole = looking(['surfing'], [1, 2, 0], { cells });
    const logits = [...strong(0).with(3, 2), ...strong(0).with(3, 2)];
    expect(meantOf([complete, whole], logits).notMeant).toEqual([4]);
  });
});

describe('boardRows', () => {
  const rowsOf = (
    frames: readonly BoardFrame[],
    logits: Float32Array,
    hardNegatives = 1,
    wholeFrames = 1,
  ) => {
    const cells = cellsToLearn(frames);
    const inputs = new Float32Array(cells.length * 4);
    return boardRows(frames, cells, ACTIVITIES, inputs, logits, { wholeFrames, hardNegatives, rider: RIDER });
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

  it('lets a frame with a point weigh more than one whose rider had to be chosen', () => {
    const riders = [{ x: 1 / 6, y: 0.5, activity: 'surfing' }];
    const pointed = frame(['surfing'], { pointing: { riders, complete: false, nobody: [] } });
    const cells = [{ ...pointed, id: 'a' }, frame(['surfing'])];
    const weights = rowsOf(cells, new Float32Array(18), 1, 0.5).weights;
    expect([...weights].map(weight => Number(weight.toFixed(3)))).toEqual([0.667, 0, 0, 0.167, 0.083, 0.083]);
  });

  it('draws cells more often that are taken for a rider and are none', () => {
    const weights = weightsOf([frame([])], Float32Array.of(-2, -2, -2, 2, -2, -2, -2, -2, -2), 3);
    expect([...weights].map(weight => Number(weight.toFixed(3)))).toEqual([0.2, 0.6, 0.2]);
  });
});

describe('hardestCells', () => {
  const chances = () => [0.1, 0.9, 0.2];
  const kept = (frames: readonly BoardFrame[], most: number) =>
    hardestCells(frames, cellsToLearn(frames), chances, most).map(({ frame: of, cell }) => [of, cell]);

  it('keeps every cell where there is room', () => {
    expect(kept([frame([]), frame([])], 6)).toHaveLength(6);
  });

  it('keeps of each frame what looks most like a rider', () => {
    expect(kept([frame([]), frame(['surfing'])], 3)).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('keeps what was pointed at, however little it looks like a rider', () => {
    const pointing = { riders: [{ x: 0.1, y: 0.5, activity: 'surfing' }], complete: true, nobody: [] };
    const cells = kept([frame([]), frame(['surfing'], { pointing })], 3);
    expect(cells).toContainEqual([1, 0]);
  });

  it('keeps some of what does not look like one', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      zone: 'beach',
      rectangle: { x: index / 40, y: 0, w: 1 / 40, h: 1 },
    }));
    const calm = { ...frame([]), cells: many };
    const falling = ({ cells }: BoardFrame) => cells.map((_, index) => 1 - index / 40);
    const left = hardestCells([calm, calm], cellsToLearn([calm, calm]), falling, 40).filter(
      ({ frame: of }) => of === 0,
    );
    expect(left.slice(0, 15).map(({ cell }) => cell)).toEqual([...Array(15).keys()]);
    expect(left).toHaveLength(20);
    expect(left.at(-1)?.cell).toBeGreaterThan(30);
  });
});
