import { describe, expect, it } from 'vitest';
import { NONE } from '../../../src/base/activities.ts';
import { figuresOf, gate, objections } from '../../../src/learning/retrain/gate.ts';
import type { BoardFrame } from '../../../src/learning/retrain/types.ts';
import { type Reason, reason } from '../../../src/messaging/reasons.ts';
import { WIDTH } from '../support.ts';
import { boardOf, SHIPPED_MARKS, toyBase, toyHead } from './support.ts';

const NOTHING_ELSE = { unlabelled: [], noNegatives: false };
const TOLERANCES = { macroF1Tolerance: 0.02, recallTolerance: 0.1 };

/** Of `count` pictures of surfing so many are found, and all of as many of none. */
function figures(found: number, count: number) {
  const of = (truth: string[], names: string[]) => ({ truth, found: names, scores: {} });
  const surfing = Array.from({ length: count }, (_, index) =>
    of(['surfing'], index < found ? ['surfing'] : []),
  );
  const none = Array.from({ length: count }, () => of([], []));
  return figuresOf([...surfing, ...none], ['surfing']);
}

const sentences = ({ reasons }: { readonly reasons: readonly Reason[] }) =>
  reasons.map(({ text }) => text).join(' ');

const against = (before: number, after: number, count: number) =>
  objections('base', { incumbent: figures(before, count), candidate: figures(after, count) }, TOLERANCES);

describe('objections', () => {
  it.each([
    { count: 100, before: 90, after: 91, refused: false },
    { count: 100, before: 90, after: 88, refused: false },
    { count: 100, before: 90, after: 86, refused: true },
    { count: 100, before: 90, after: 70, refused: true },
    // One of five is a fifth, and no proof; two are.
    { count: 5, before: 5, after: 4, refused: false },
    { count: 5, before: 5, after: 3, refused: true },
    { count: 1, before: 1, after: 0, refused: false },
    { count: 2, before: 2, after: 0, refused: true },
  ])('of $count found $before, then $after: refused $refused', ({ count, before, after, refused }) => {
    expect(against(before, after, count).length > 0).toBe(refused);
  });

  it('names the figures', () => {
    expect(against(90, 70, 100).map(({ text }) => text)).toEqual([
      'Macro-F1 on the base set (200 judged) fell from 95.0\u{a0}% to 84.7\u{a0}%; 2.0\u{a0}% less is let pass.',
      'Recall of surfing on the base set (100 judged) fell from 90.0\u{a0}% to 70.0\u{a0}%; 10.0\u{a0}% less is let pass.',
    ]);
  });
});

describe('figuresOf', () => {
  it('leaves out of macro-F1 what is not there, and counts a class that nobody finds', () => {
    const predictions = [
      { truth: ['sup'], found: [], scores: {} },
      { truth: [], found: [], scores: {} },
    ];
    const { macroF1, recall } = figuresOf(predictions, ['surfing', 'sup']);
    expect(macroF1).toBeCloseTo(2 / 3 / 2);
    expect(recall).toEqual({ surfing: null, sup: 0, [NONE]: 1 });
  });
});

describe('gate', () => {
  const incumbent = toyHead();
  const blind = { ...incumbent, outputBias: Float32Array.of(-8, -50, -8) };

  it('lets a head pass that is as good, with the figures', () => {
    const verdict = gate(
      { incumbent, candidate: incumbent },
      { base: toyBase(), held: [], labelled: [], ...NOTHING_ELSE },
      TOLERANCES,
    );
    expect(verdict).toMatchObject({ decision: 'promote', board: null });
    expect(verdict.base?.candidate).toEqual(verdict.base?.incumbent);
    expect(verdict.reasons[0]?.text).toMatch(/^Macro-F1 on the base set \(\d+ judged\) went from/);
  });

  it('refuses a head that has forgotten an activity', () => {
    const verdict = gate(
      { incumbent, candidate: blind },
      { base: toyBase(), held: [], labelled: [], ...NOTHING_ELSE },
      TOLERANCES,
    );
    expect(verdict.decision).toBe('reject');
    expect(sentences(verdict)).toMatch(/Recall of windsurfing on the base set/);
  });

  it('refuses a head that has got worse on the board alone', () => {
    const held = boardOf([['windsurfing'], []], 6, SHIPPED_MARKS, { held: true });
    const verdict = gate(
      { incumbent, candidate: blind },
      { base: null, held, labelled: held, ...NOTHING_ELSE },
      TOLERANCES,
    );
    expect(verdict).toMatchObject({ decision: 'reject', base: null });
    expect(verdict.board?.candidate.recall.windsurfing).toBe(0);
  });

  it('lets nothing pass where there is nothing to judge by', () => {
    const verdict = gate(
      { incumbent, candidate: incumbent },
      { base: null, held: [], labelled: [], ...NOTHING_ELSE },
      TOLERANCES,
    );
    expect(verdict.decision).toBe('reject');
    expect(verdict.reasons).toEqual([reason('nothing-to-judge', {})]);
  });

  it('refuses labels that contradict a class the head is sure of, and not a few slips', () => {
    const poisoned = boardOf([['windsurfing']], 20, SHIPPED_MARKS).map(frame => ({
      ...frame,
      labels: ['surfing'],
    }));
    const right = boardOf([['windsurfing']], 20, SHIPPED_MARKS);
    const data = (labelled: typeof right) => ({ base: toyBase(), held: [], labelled, ...NOTHING_ELSE });
    const heads = { incumbent, candidate: incumbent };
    const verdict = gate(heads, data(poisoned), TOLERANCES);
    expect(verdict.decision).toBe('reject');
    expect(verdict.reasons[0]?.text).toMatch(
      /sure of windsurfing, 20 are labelled as another activity, most as surfing/,
    );
    expect(gate(heads, data([...right, ...poisoned.slice(0, 4)]), TOLERANCES).decision).toBe('promote');
  });
});

describe('the gate on frames that nobody labelled', () => {
  const incumbent = toyHead();
  /** Takes number 5 for a surfer as well: sand, or surfers as they look here. */
  const candidate = { ...incumbent, hiddenKernel: Float32Array.from(incumbent.hiddenKernel) };
  candidate.hiddenKernel[5] = 4;
  const SAND = 5;
  const PLACES = [0.1, 0.3, 0.5, 0.7, 0.9];

  /** Cells in a row; of those at these places the numbers are raised. */
  function frame(
    id: string,
    raised: Readonly<Record<number, number>> = {},
    change: Partial<BoardFrame> = {},
  ) {
    const cells = PLACES.map(x => ({ zone: 'beach', rectangle: { x: x - 0.02, y: 0.48, w: 0.04, h: 0.04 } }));
    const embeddings = new Float32Array(PLACES.length * WIDTH);
    for (const [place, number] of Object.entries(raised)) embeddings[Number(place) * WIDTH + number] = 3;
    return { id, takenAt: 0, labels: [], cells, embeddings, ...change };
  }

  const many = (count: number, raised: Readonly<Record<number, number>>) =>
    Array.from({ length: count }, (_, index) => frame(`u${index}`, raised));
  const none = frame('none');
  /** Both heads are right of these. */
  const held = [
    frame('h', { 0: 0 }, { labels: ['surfing'], elsewhere: true }),
    frame('i', {}, { elsewhere: true }),
  ];

  function judged(unlabelled: readonly BoardFrame[], labelled: readonly BoardFrame[], noNegatives = false) {
    return gate(
      { incumbent, candidate },
      { base: null, held, labelled, unlabelled, noNegatives },
      TOLERANCES,
    );
  }

  it('holds a head that finds riders where the old one saw nobody', () => {
    const verdict = judged(many(20, { 4: SAND }), [none]);
    expect(verdict.decision).toBe('hold');
    expect(verdict.detections).toEqual({ frames: 20, before: 0, after: 20, elsewhere: 20 });
    expect(sentences(verdict)).toMatch(/In 20 of 20 frames the new head finds riders \(20\)/);
    expect(verdict.shown[0]).toMatchObject({
      before: [],
      after: [{ x: expect.closeTo(0.9), y: 0.5, activity: 'surfing' }],
    });
  });

  it('lets it pass where riders were pointed at, near enough', () => {
    const pointing = { riders: [{ x: 0.84, y: 0.52, activity: 'surfing' }], complete: true, nobody: [] };
    const pointed = frame('p', { 4: SAND }, { labels: ['surfing'], pointing });
    const verdict = judged(many(20, { 4: SAND }), [pointed]);
    expect(verdict).toMatchObject({ decision: 'promote', detections: { elsewhere: 0, after: 20 } });
    expect(judged(many(20, { 2: SAND }), [pointed]).decision).toBe('hold');
    // Pointed at on a picture of another beach.
    expect(judged(many(20, { 4: SAND }), [{ ...pointed, elsewhere: true }]).decision).toBe('hold');
  });

  it('takes a marked part of a frame for a place that was pointed at', () => {
    const part = { x: 0.8, y: 0.4, w: 0.2, h: 0.2 };
    const marked = frame('m', { 4: SAND }, { labels: ['surfing'], rectangle: part });
    expect(judged(many(20, { 4: SAND }), [marked, none]).decision).toBe('promote');
    expect(judged(many(20, { 4: SAND }), [{ ...marked, labels: [] }]).decision).toBe('hold');
  });

  it('does not take the label of a whole frame for a place', () => {
    const whole = frame('w', { 4: SAND }, { labels: ['surfing'] });
    expect(judged(many(20, { 4: SAND }), [whole, none]).decision).toBe('hold');
  });

  it('lets it pass where the old head saw somebody now and then, but not once', () => {
    const seenIn = (count: number) => [...many(40 - count, { 4: SAND }), ...many(count, { 4: 0 })];
    expect(judged(seenIn(10), [none]).decision).toBe('promote');
    expect(judged(seenIn(1), [none]).decision).toBe('hold');
  });

  it('holds no head for a few frames of many', () => {
    expect(judged([...many(2, { 4: SAND }), ...many(48, {})], [none]).decision).toBe('promote');
    expect(judged([...many(3, { 4: SAND }), ...many(47, {})], [none]).decision).toBe('hold');
  });

  it('excuses nothing but points where nothing says where nobody is', () => {
    const seen = [...many(30, { 4: SAND }), ...many(10, { 4: 0 })];
    const verdict = judged(seen, [], true);
    expect(verdict.decision).toBe('hold');
    expect(sentences(verdict)).toMatch(/label a frame `none`/);
    // Without any other frame by the labelled ones.
    const whole = [1, 2, 3].map(id => frame(`${id}`, { 4: SAND }, { labels: ['surfing'] }));
    expect(judged([], whole, true).decision).toBe('hold');
    expect(judged([], whole).decision).toBe('promote');
  });

  it('does not judge what lies in no zone', () => {
    const outside = many(20, { 4: SAND }).map(one => ({
      ...one,
      cells: one.cells.map(cell => ({ ...cell, zone: '' })),
    }));
    expect(judged(outside, [none]).decision).toBe('promote');
  });
});

describe('the gate on the base set', () => {
  const base = toyBase();
  /** Finds this many fewer of the windsurfers in the held groups. */
  function duller(times: number) {
    const head = toyHead();
    const { samples, embeddings } = base.set;
    const rows = samples.flatMap(({ group, labels }, row) =>
      base.held.has(group) && labels[1] === 1 ? [row] : [],
    );
    const strengths = rows.map(row => embeddings[row * WIDTH + 1] as number).sort((a, b) => a - b);
    // The output passes its threshold only above what the weakest of them have.
    const least = strengths[times] as number;
    return { ...head, outputBias: Float32Array.of(-8, -12 * (least - 1e-3), -8) };
  }

  const verdictOf = (heads: Parameters<typeof gate>[0]) =>
    gate(
      heads,
      { base, held: [], labelled: [], ...NOTHING_ELSE },
      { macroF1Tolerance: 0.1, recallTolerance: 0.5 },
    );

  it('holds a head that loses more than a point, though the tolerance would let it pass', () => {
    const verdict = verdictOf({ incumbent: duller(0), candidate: duller(1) });
    const { incumbent, candidate } = verdict.base ?? {};
    expect((incumbent?.macroF1 ?? 0) - (candidate?.macroF1 ?? 0)).toBeGreaterThan(0.01);
    expect(verdict.decision).toBe('hold');
    expect(sentences(verdict)).toMatch(/of the head in use/);
  });

  it('measures by the shipped head as well, so that losses do not add up', () => {
    const heads = { incumbent: duller(1), candidate: duller(1) };
    expect(verdictOf(heads).decision).toBe('promote');
    const verdict = verdictOf({ ...heads, shipped: duller(0) });
    expect(verdict.decision).toBe('hold');
    expect(sentences(verdict)).toMatch(/of the shipped head/);
  });

  it('lets a head pass that is as good as the shipped one, though the one in use came to be better', () => {
    const verdict = verdictOf({ incumbent: duller(0), candidate: duller(1), shipped: duller(1) });
    expect(verdict.decision).toBe('promote');
  });
});
