import { describe, expect, it } from 'vitest';
import { NONE } from '../../../src/learning/data/labels.ts';
import { figuresOf, gate, objections } from '../../../src/learning/retrain/gate.ts';
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

const against = (before: number, after: number, count: number) =>
  objections(
    'the base set',
    { incumbent: figures(before, count), candidate: figures(after, count) },
    TOLERANCES,
  );

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
    expect(against(90, 70, 100)).toEqual([
      'Macro-F1 on the base set (200 judged) fell from 95.0 % to 84.7 %; 2.0 % less is let pass.',
      'Recall of surfing on the base set (100 judged) fell from 90.0 % to 70.0 %; 10.0 % less is let pass.',
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
    expect(verdict.reasons[0]).toMatch(/^Macro-F1 on the base set \(\d+ judged\) went from/);
  });

  it('refuses a head that has forgotten an activity', () => {
    const verdict = gate(
      { incumbent, candidate: blind },
      { base: toyBase(), held: [], labelled: [], ...NOTHING_ELSE },
      TOLERANCES,
    );
    expect(verdict.decision).toBe('reject');
    expect(verdict.reasons.join()).toMatch(/Recall of windsurfing on the base set/);
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
    expect(verdict.reasons).toEqual([expect.stringMatching(/nothing to judge by/)]);
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
    expect(verdict.reasons[0]).toMatch(
      /sure of windsurfing, 20 are labelled as another activity, most as surfing/,
    );
    expect(gate(heads, data([...right, ...poisoned.slice(0, 4)]), TOLERANCES).decision).toBe('promote');
  });
});
