import { describe, expect, it } from 'vitest';
import {
  EXPLAIN_DEFAULTS,
  type ExplainableFrame,
  explainFrame,
} from '../../../src/learning/advice/explain.ts';
import { labelledCells } from '../../../src/learning/advice/likeness/labelled-cells.ts';
import type { KnownCells } from '../../../src/learning/advice/likeness/neighbours.ts';
import { rescoreWith } from '../../../src/learning/advice/rescore.ts';
import type { BaseSet } from '../../../src/learning/retrain/types.ts';
import { ACTIVITIES, riderHead, sampleOf } from '../support.ts';
import { cellOf, joined, towards, WIDTH } from './support.ts';

const HEAD = riderHead(3);
const AT = Date.UTC(2026, 5, 1, 9);

const BOARD = labelledCells(
  [
    { id: 'kite', axis: 1, labels: ['kitesurfing'] },
    { id: 'surf', axis: 2, labels: ['surfing'] },
    { id: 'sea', axis: 3, labels: [] },
  ].map(({ id, axis, labels }) => ({
    id,
    takenAt: AT,
    labels,
    cells: [cellOf({})],
    embeddings: towards(axis, 5),
  })),
  WIDTH,
);

const BASE: BaseSet = {
  activities: ACTIVITIES,
  backbone: 'ab'.repeat(32),
  held: new Set(),
  set: {
    samples: [
      sampleOf({ labels: [0, 0, 1], source: 'photos' }),
      sampleOf({ labels: [0, 0, 0], source: 'seas' }),
    ],
    embeddings: joined(towards(1, 8), towards(4, 8)),
    width: WIDTH,
  },
};

const KNOWN: KnownCells = { board: BOARD, base: BASE };

function frameOf(change: Partial<ExplainableFrame> = {}): ExplainableFrame {
  const cells = [cellOf({ surfing: 0.2 }), cellOf({ kitesurfing: 0.9 }, 'all', 0.5)];
  return {
    id: 'asked',
    takenAt: AT,
    visibility: 'ok',
    head: HEAD.manifest.id,
    cells,
    embeddings: joined(towards(3), towards(1)),
    labels: null,
    ...change,
  };
}

describe('explainFrame', () => {
  it('names the deciding cell of each activity, by the present head', () => {
    const explanation = explainFrame(frameOf(), KNOWN, HEAD);
    const scores = rescoreWith(HEAD)(frameOf().embeddings as Float32Array, 2);
    for (const { activity, cell, cellScore, threshold } of explanation.decided) {
      const each = scores.map(one => one[activity] as number);
      expect(cellScore).toBe(Math.max(...each));
      expect(cell).toBe(each.indexOf(cellScore));
      expect(threshold).toBe(HEAD.manifest.thresholds[activity]);
    }
    // Three of the board and two of the base set.
    expect(explanation.neighbours).toHaveLength(EXPLAIN_DEFAULTS.neighbours);
    expect(explanation.activities).toEqual(
      explanation.decided.filter(({ present }) => present).map(({ activity }) => activity),
    );
  });

  it('gives the labelled places most like it, of the board with their frame, of the base set with their source', () => {
    const alone = frameOf({ cells: [cellOf({})], embeddings: towards(1) });
    const { neighbours, votes, sentence } = explainFrame(alone, KNOWN, HEAD, { neighbours: 3 });
    expect(
      neighbours
        .slice(0, 2)
        .map(({ from }) => from)
        .sort(),
    ).toEqual(['base', 'board']);
    expect(neighbours.find(({ from }) => from === 'board')).toMatchObject({
      frame: 'kite',
      labels: ['kitesurfing'],
      zone: 'all',
    });
    const base = neighbours.find(({ from }) => from === 'base');
    expect(Object.keys(base ?? {}).sort()).toEqual(['from', 'labels', 'similarity', 'source']);
    expect(base).toMatchObject({ source: 'photos', labels: ['kitesurfing'] });
    expect(votes.kitesurfing).toBe(2);
    expect(neighbours.map(({ similarity }) => similarity)).toEqual(
      neighbours.map(({ similarity }) => similarity).sort((a, b) => b - a),
    );
    expect(sentence).toContain('labelled places most like it');
  });

  it('does not call a labelled frame its own neighbour, but tells its label', () => {
    const known = { board: BOARD, base: null };
    const own = frameOf({
      id: 'kite',
      cells: [cellOf({})],
      embeddings: towards(1, 5),
      labels: ['kitesurfing'],
    });
    const { neighbours, sentence } = explainFrame(own, known, HEAD, { neighbours: 3 });
    expect(neighbours.map(one => one.from === 'board' && one.frame).sort()).toEqual(['sea', 'surf']);
    expect(sentence).toContain('It is labelled kitesurfing.');
  });

  it('says what the head of that time found, where it was another', () => {
    const { before, head, sentence } = explainFrame(frameOf({ head: 'older' }), KNOWN, HEAD);
    expect(head).toBe(HEAD.manifest.id);
    expect(before).toMatchObject({ head: 'older', activity: 'kitesurfing' });
    expect(sentence).toContain('Head older');
    expect(explainFrame(frameOf(), KNOWN, HEAD).before).toBeNull();
  });

  it('explains by scores alone where there are no embeddings', () => {
    const explanation = explainFrame(frameOf({ embeddings: null, head: 'older' }), KNOWN, HEAD);
    expect(explanation).toMatchObject({
      activity: 'kitesurfing',
      head: 'older',
      neighbours: [],
      before: null,
    });
    expect(explanation.cell?.rectangle.x).toBe(0.5);
    expect(explanation.sentence).toContain('No embeddings of it are kept');
    expect(explanation.sentence).toContain('kitesurfing 0.90 (threshold 0.60)');
  });

  it('explains one place alone, and the whole frame where nothing is kept of the place', () => {
    const at = { x: 0.6, y: 0.5 };
    const there = explainFrame(frameOf(), KNOWN, HEAD, { neighbours: 1, at });
    const [, own] = rescoreWith(HEAD)(frameOf().embeddings as Float32Array, 2);
    expect(there.place).toEqual(at);
    expect(there.cell).toMatchObject({ rectangle: { x: 0.5 }, scores: own });
    expect(there.decided.map(({ rectangle }) => rectangle.x)).toEqual([0.5, 0.5, 0.5]);
    const whole = explainFrame(frameOf(), KNOWN, HEAD, { neighbours: 1 });
    expect(explainFrame(frameOf(), KNOWN, HEAD, { neighbours: 1, at: { x: 0.9, y: 0.1 } })).toEqual(whole);
    expect(whole.place).toBeNull();
    const bare = frameOf({ embeddings: null });
    expect(explainFrame(bare, KNOWN, HEAD, { neighbours: 1, at })).toMatchObject({
      place: at,
      activity: 'kitesurfing',
    });
  });

  it('does not claim to know what could not be seen', () => {
    const { activity, activities, sentence } = explainFrame(frameOf({ visibility: 'dark' }), KNOWN, HEAD);
    expect({ activity, activities }).toEqual({ activity: 'unknown', activities: [] });
    expect(sentence).toContain('visibility: dark');
  });

  it('is plain data, of a frame without cells too', () => {
    for (const frame of [frameOf(), frameOf({ cells: [], embeddings: null })]) {
      const explanation = explainFrame(frame, { board: null, base: null }, HEAD);
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
      expect(explanation.sentence).not.toBe('');
    }
  });
});

describe('labelledCells', () => {
  const cells = [0.1, 0.9, 0.4, 0.3].map((surfing, index) => cellOf({ surfing }, 'all', index / 4));
  const frame = {
    id: 'a',
    takenAt: AT,
    cells,
    embeddings: joined(...[0, 1, 2, 3].map(axis => towards(axis))),
  };

  it('takes the cell that most likely shows an activity, and of none those most likely mistaken', () => {
    const rowOf = (labels: readonly string[]) =>
      labelledCells([{ ...frame, labels }], WIDTH).cells.map(({ rectangle }) => rectangle.x * 4);
    expect(rowOf(['surfing'])).toEqual([1]);
    expect(rowOf([])).toEqual([1, 2, 3]);
    const { matrix } = labelledCells([{ ...frame, labels: ['surfing'] }], WIDTH);
    expect(matrix).toEqual(towards(1));
  });

  it('keeps to the rectangle that a label is about', () => {
    const rectangle = { x: 0.55, y: 0, w: 0.3, h: 1 };
    const { cells: found } = labelledCells([{ ...frame, labels: ['surfing'], rectangle }], WIDTH);
    expect(found.map(cell => cell.rectangle.x)).toEqual([0.5]);
    expect(
      labelledCells([{ ...frame, labels: [], rectangle: { ...rectangle, y: 0.9 } }], WIDTH).cells,
    ).toEqual([]);
  });

  it('leaves out embeddings of another width', () => {
    expect(labelledCells([{ ...frame, labels: ['surfing'] }], WIDTH / 2).cells).toEqual([]);
  });
});
