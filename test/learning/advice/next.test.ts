import { describe, expect, it } from 'vitest';
import {
  NEXT_DEFAULTS,
  type NextFrame,
  type NextInput,
  rankFrames,
} from '../../../src/learning/advice/next.ts';
import { fc } from '../../support/fast-check.ts';
import { candidateOf, cellOf, JUDGED_BY, joined, towards, WIDTH } from './support.ts';

const NOTHING: NextInput = {
  head: JUDGED_BY,
  labelled: new Float32Array(),
  width: WIDTH,
  counts: {},
};

const ids = (picks: readonly { readonly id: string }[]) => picks.map(({ id }) => id);
const sentences = (pick: NextFrame | undefined) => pick?.reasons.map(({ text }) => text) ?? [];

describe('rankFrames', () => {
  it('puts frames near a threshold before those that are sure', () => {
    const picks = rankFrames(
      [
        candidateOf('sure', { surfing: 0.99 }, towards(1)),
        candidateOf('near', { windsurfing: 0.48 }, towards(2)),
        candidateOf('nothing', {}, towards(3)),
      ],
      NOTHING,
    );
    expect(picks[0]).toMatchObject({ id: 'near', activity: 'windsurfing', zone: 'all' });
    expect(picks[0]?.doubt).toBeCloseTo(0.96);
    expect(sentences(picks[0])).toContain('windsurfing 0.48 is near its threshold 0.50');
  });

  it('doubts a frame in which two activities are about as strong', () => {
    const picks = rankFrames(
      [
        candidateOf('one', { surfing: 0.9 }, towards(1)),
        candidateOf('two', { surfing: 0.5, windsurfing: 0.46 }, towards(2)),
      ],
      NOTHING,
    );
    expect(picks[0]).toMatchObject({ id: 'two' });
    expect(sentences(picks[0])).toContain(
      'surfing 0.50 and windsurfing 0.46 of one rider are near each other',
    );
  });

  it('judges a frame of many cells as the daemon does', () => {
    // By its surest rider: many that could be one do not make one.
    const cells = [{ surfing: 1 / 2 }, { surfing: 1 / 3 }, {}, {}].map(scores => cellOf(scores));
    const embedding = joined(towards(1), towards(2), towards(3), towards(4));
    const [pick] = rankFrames([candidateOf('two', {}, embedding, { cells })], NOTHING);
    expect(pick?.doubt).toBeCloseTo(1, 2);
    expect(pick?.scores.surfing).toBeCloseTo(0.5, 2);
  });

  it('puts a crowd with many places in doubt before a frame that may show one rider', () => {
    // That somebody is there is sure; how many, which is what points tell, is not.
    const cells = [0.99, 0.45, 0.5, 0.55].map(surfing => cellOf({ surfing }));
    const embedding = joined(towards(1), towards(2), towards(3), towards(4));
    const picks = rankFrames(
      [candidateOf('one', { surfing: 0.48 }, towards(5)), candidateOf('crowd', {}, embedding, { cells })],
      NOTHING,
    );
    expect(ids(picks)).toEqual(['crowd', 'one']);
  });

  it('does not fill the list with the same picture ten times', () => {
    const same = Array.from({ length: 10 }, (_, index) =>
      candidateOf(`same-${index}`, { surfing: 0.5 }, towards(1, index, 0.02)),
    );
    const others = [2, 3, 4].map(axis => candidateOf(`other-${axis}`, { surfing: 0.42 }, towards(axis)));
    const picks = ids(rankFrames([...same, ...others], NOTHING, { count: 4 }));
    expect(picks.filter(id => id.startsWith('same'))).toHaveLength(1);
  });

  it('leaves what looks like a labelled frame for last', () => {
    const picks = rankFrames(
      [
        candidateOf('alike', { surfing: 0.5 }, towards(1)),
        candidateOf('unlike', { surfing: 0.4 }, towards(5)),
      ],
      { ...NOTHING, labelled: joined(towards(1, 7), towards(2)) },
    );
    expect(ids(picks)).toEqual(['unlike', 'alike']);
    expect(sentences(picks[0]).join()).toMatch(/unlike anything labelled \(similarity 0\.\d\d at most\)/);
    expect(sentences(picks[1]).join()).not.toMatch(/unlike anything/);
  });

  it('says where an activity has few labels', () => {
    const frames = [
      candidateOf('common', { surfing: 0.55 }, towards(1)),
      candidateOf('rare', { kitesurfing: 0.55 }, towards(2)),
    ];
    const counts = { surfing: 40, kitesurfing: 1, none: 20 };
    const picks = rankFrames(frames, { ...NOTHING, counts });
    const reasonsOf = (id: string) => sentences(picks.find(pick => pick.id === id)).join() ?? '';
    expect(reasonsOf('rare')).toContain(
      'seems to show kitesurfing, of which few frames are labelled so far: 1',
    );
    expect(reasonsOf('common')).not.toContain('so far');
  });

  it('takes the frame that stands for many before one that is as doubtful but like no other', () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      candidateOf(`many-${index}`, { surfing: 0.45 }, towards(1, index)),
    );
    const odd = candidateOf('odd', { surfing: 0.45 }, towards(9));
    const [first, second] = rankFrames([odd, ...many], NOTHING, { count: 2 });
    expect(first?.id).toMatch(/^many/);
    expect(first?.standsFor).toBe(7);
    expect(sentences(first)).toContain('stands for 7 other frames that look like it');
    expect(second).toMatchObject({ id: 'odd', standsFor: 0 });
  });

  it('asks the present head where the archive has the scores of an older one', () => {
    const frames = [
      candidateOf('was-near', { surfing: 0.5 }, towards(1)),
      candidateOf('is-near', { surfing: 0.01 }, towards(2)),
    ];
    const rescore = (embeddings: Float32Array) => [
      { surfing: (embeddings[2] as number) > 0.9 ? 0.5 : 0.001, windsurfing: 0, kitesurfing: 0 },
    ];
    expect(ids(rankFrames(frames, { ...NOTHING, rescore }))).toEqual(['is-near', 'was-near']);
    const fresh = frames.map(frame => ({ ...frame, stale: false }));
    expect(ids(rankFrames(fresh, { ...NOTHING, rescore }))).toEqual(['was-near', 'is-near']);
  });

  it('spreads frames without embeddings over time', () => {
    const at = (minutes: number) => ({ takenAt: Date.UTC(2026, 5, 1) + minutes * 60_000 });
    const frames = [0, 1, 2, 240].map(minutes =>
      candidateOf(`${minutes}`, { surfing: 0.5 }, null, at(minutes)),
    );
    expect(ids(rankFrames(frames, NOTHING, { count: 2 }))).toEqual(['1', '240']);
  });

  it('reads embeddings for the shortlist only, which has sure frames of all times too', () => {
    const read: number[] = [];
    const frames = Array.from({ length: 200 }, (_, index) =>
      candidateOf(`${index}`, { surfing: index < 100 ? 0.45 : 0.999 }, null, {
        takenAt: index * 60_000,
        embeddings: () => {
          read.push(index);
          return towards(index % WIDTH, index);
        },
      }),
    );
    expect(rankFrames(frames, NOTHING, { shortlist: 40 })).toHaveLength(NEXT_DEFAULTS.count);
    expect(read).toHaveLength(40);
    expect(new Set(read).size).toBe(40);
    expect(read.filter(index => index >= 100).length).toBeGreaterThan(3);
  });

  it('asks for a frame that shows nobody first, where none of this camera is known to', () => {
    const frames = [
      candidateOf('near', { surfing: 0.48 }, towards(1)),
      candidateOf('empty', { surfing: 0.01 }, towards(2)),
      candidateOf('ridden', { surfing: 0.97 }, towards(3)),
    ];
    const [first, ...others] = rankFrames(frames, { ...NOTHING, showsNobody: false });
    expect(first).toMatchObject({ id: 'empty', ask: 'none' });
    expect(sentences(first).join()).toMatch(
      /^seems to show nobody: no frame of this camera is labelled `none`/,
    );
    expect(ids(others)).toEqual(['near', 'ridden']);
    expect(rankFrames(frames, { ...NOTHING, showsNobody: true })[0]).toMatchObject({
      id: 'near',
      ask: 'label',
    });
    const ridden = frames.slice(2);
    expect(rankFrames(ridden, { ...NOTHING, showsNobody: false })).toMatchObject([
      { id: 'ridden', ask: 'label' },
    ]);
  });

  it('asks for points where many places are in doubt, and numbers the detections', () => {
    const cells = [0.3, 0.6, 0.55, 0.97, 0.001].map((surfing, at) => cellOf({ surfing }, 'all', at / 8));
    const embedding = joined(...cells.map((_, at) => towards(at)));
    const [pick] = rankFrames([candidateOf('many', {}, embedding, { cells })], NOTHING);
    expect(pick).toMatchObject({
      ask: 'points',
      places: [
        { number: 1, score: 0.97, x: 3 / 8 + 0.125, y: 0.5, activity: 'surfing' },
        { number: 2, score: 0.6 },
        { number: 3, score: 0.55 },
        { number: null, score: 0.3 },
      ],
    });
    expect(sentences(pick)[0]).toBe('4 places may be riders, 3 of them in doubt: say one by one which are');
  });

  it('asks for points in frames labelled as a whole of which it is not clear who is meant, between the others', () => {
    const frames = [1, 2, 3].map(axis => candidateOf(`new-${axis}`, { surfing: 0.4 }, towards(axis)));
    const labels = ['surfing'];
    const whole = [
      { ...candidateOf('clear', { surfing: 0.97 }, towards(5)), labels },
      { ...candidateOf('faint', { surfing: 0.02 }, towards(6)), labels },
      { ...candidateOf('unsure', { surfing: 0.55 }, towards(7)), labels },
      { ...candidateOf('other', { windsurfing: 0.97 }, towards(8)), labels },
    ];
    const picks = rankFrames(frames, { ...NOTHING, whole });
    expect(ids(picks).filter(id => !id.startsWith('new'))).toEqual(['unsure', 'other', 'faint']);
    expect(ids(picks).indexOf('unsure')).toBe(2);
    const reasonOf = (id: string) => sentences(picks.find(pick => pick.id === id)).join();
    expect(reasonOf('unsure')).toContain('it is not sure that the one place found is meant');
    expect(reasonOf('faint')).toContain('nothing in it looks like a rider');
    expect(picks.filter(({ ask }) => ask === 'points')).toHaveLength(3);
    expect(ids(rankFrames(frames, { ...NOTHING, whole }, { count: 3 }))).toEqual(ids(picks).slice(0, 3));
  });

  it('leaves out frames without cells, and gives a reason for every other', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const frame = fc.record({
      surfing: share,
      windsurfing: share,
      axis: fc.nat(WIDTH - 1),
      cells: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.nat(12), (some, count) => {
        const frames = some.map(({ axis, cells, ...scores }, index) =>
          candidateOf(
            `${index}`,
            scores,
            joined(...Array.from({ length: cells }, () => towards(axis, index))),
            {
              cells: Array.from({ length: cells }, () => cellOf(scores)),
            },
          ),
        );
        const picks = rankFrames(frames, NOTHING, { count });
        const usable = frames.filter(({ cells }) => cells.length > 0);
        expect(picks).toHaveLength(Math.min(count, usable.length));
        expect(new Set(ids(picks)).size).toBe(picks.length);
        for (const { reasons, doubt, novelty } of picks) {
          expect(reasons.length).toBeGreaterThan(0);
          expect(doubt).toBeGreaterThanOrEqual(0);
          expect(doubt).toBeLessThanOrEqual(1);
          expect(novelty ?? 0).toBeGreaterThanOrEqual(0);
        }
        // A longer list only goes on where a shorter one ends.
        expect(ids(rankFrames(frames, NOTHING, { count: count + 3 })).slice(0, picks.length)).toEqual(
          ids(picks),
        );
      }),
    );
  });
});
