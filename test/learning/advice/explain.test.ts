import { describe, expect, it } from 'vitest';
import {
  EXPLAIN_DEFAULTS,
  type ExplainableFrame,
  explainFrame,
} from '../../../src/learning/advice/explain.ts';
import { labelledTiles } from '../../../src/learning/advice/likeness/labelled-tiles.ts';
import type { KnownTiles } from '../../../src/learning/advice/likeness/neighbours.ts';
import { rescoreWith } from '../../../src/learning/advice/rescore.ts';
import type { BaseSet } from '../../../src/learning/retrain/types.ts';
import { ACTIVITIES, randomHead, sampleOf } from '../support.ts';
import { joined, tileOf, towards, WIDTH } from './support.ts';

const HEAD = randomHead(3);
const AT = Date.UTC(2026, 5, 1, 9);

const BOARD = labelledTiles(
  [
    { id: 'kite', axis: 1, labels: ['kitesurfing'] },
    { id: 'surf', axis: 2, labels: ['surfing'] },
    { id: 'sea', axis: 3, labels: [] },
  ].map(({ id, axis, labels }) => ({
    id,
    takenAt: AT,
    labels,
    tiles: [tileOf({})],
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

const KNOWN: KnownTiles = { board: BOARD, base: BASE };

function frameOf(change: Partial<ExplainableFrame> = {}): ExplainableFrame {
  const tiles = [tileOf({ surfing: 0.2 }), tileOf({ kitesurfing: 0.9 }, 'all', 0.5)];
  return {
    id: 'asked',
    takenAt: AT,
    visibility: 'ok',
    head: HEAD.manifest.id,
    tiles,
    embeddings: joined(towards(3), towards(1)),
    labels: null,
    ...change,
  };
}

describe('explainFrame', () => {
  it('names the deciding tile of each activity, by the present head', () => {
    const explanation = explainFrame(frameOf(), KNOWN, HEAD);
    const scores = rescoreWith(HEAD)(frameOf().embeddings as Float32Array, 2);
    for (const { activity, tile, tileScore, threshold } of explanation.decided) {
      const each = scores.map(one => one[activity] as number);
      expect(tileScore).toBe(Math.max(...each));
      expect(tile).toBe(each.indexOf(tileScore));
      expect(threshold).toBe(HEAD.manifest.thresholds[activity]);
    }
    // Three of the board and two of the base set.
    expect(explanation.neighbours).toHaveLength(EXPLAIN_DEFAULTS.neighbours);
    expect(explanation.activities).toEqual(
      explanation.decided.filter(({ present }) => present).map(({ activity }) => activity),
    );
  });

  it('gives the labelled tiles most like it, of the board with their frame, of the base set with their source', () => {
    const alone = frameOf({ tiles: [tileOf({})], embeddings: towards(1) });
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
    expect(sentence).toContain('labelled tiles most like it');
  });

  it('does not call a labelled frame its own neighbour, but tells its label', () => {
    const known = { board: BOARD, base: null };
    const own = frameOf({
      id: 'kite',
      tiles: [tileOf({})],
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
    expect(explanation.tile?.rectangle.x).toBe(0.5);
    expect(explanation.sentence).toContain('No embeddings of it are kept');
    expect(explanation.sentence).toContain('kitesurfing 0.82 (threshold 0.60)');
  });

  it('does not claim to know what could not be seen', () => {
    const { activity, activities, sentence } = explainFrame(frameOf({ visibility: 'dark' }), KNOWN, HEAD);
    expect({ activity, activities }).toEqual({ activity: 'unknown', activities: [] });
    expect(sentence).toContain('visibility: dark');
  });

  it('is plain data, of a frame without tiles too', () => {
    for (const frame of [frameOf(), frameOf({ tiles: [], embeddings: null })]) {
      const explanation = explainFrame(frame, { board: null, base: null }, HEAD);
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
      expect(explanation.sentence).not.toBe('');
    }
  });
});

describe('labelledTiles', () => {
  const tiles = [0.1, 0.9, 0.4, 0.3].map((surfing, index) => tileOf({ surfing }, 'all', index / 4));
  const frame = {
    id: 'a',
    takenAt: AT,
    tiles,
    embeddings: joined(...[0, 1, 2, 3].map(axis => towards(axis))),
  };

  it('takes the tile that most likely shows an activity, and of none those most likely mistaken', () => {
    const rowOf = (labels: readonly string[]) =>
      labelledTiles([{ ...frame, labels }], WIDTH).tiles.map(({ rectangle }) => rectangle.x * 4);
    expect(rowOf(['surfing'])).toEqual([1]);
    expect(rowOf([])).toEqual([1, 2, 3]);
    const { matrix } = labelledTiles([{ ...frame, labels: ['surfing'] }], WIDTH);
    expect(matrix).toEqual(towards(1));
  });

  it('keeps to the rectangle that a label is about', () => {
    const rectangle = { x: 0.55, y: 0, w: 0.3, h: 1 };
    const { tiles: found } = labelledTiles([{ ...frame, labels: ['surfing'], rectangle }], WIDTH);
    expect(found.map(tile => tile.rectangle.x)).toEqual([0.5]);
    expect(
      labelledTiles([{ ...frame, labels: [], rectangle: { ...rectangle, y: 0.9 } }], WIDTH).tiles,
    ).toEqual([]);
  });

  it('leaves out embeddings of another width', () => {
    expect(labelledTiles([{ ...frame, labels: ['surfing'] }], WIDTH / 2).tiles).toEqual([]);
  });
});
