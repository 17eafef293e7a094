/** An explanation as a person would give it. */
import type { KeptCell } from '../../activity/kept-cells.ts';
import type { Scores } from '../../activity/scores.ts';
import type { Visibility } from '../../activity/visibility.ts';
import { NONE } from '../../base/activities.ts';
import type { Point } from '../../base/geometry.ts';
import type { Deciding } from './deciding.ts';
import { type LabelledNeighbour, speaksFor } from './likeness/neighbours.ts';

/**
 * @param leading what was decided of the strongest activity; null where no cell of the frame lies in a zone
 * @param compared whether there was an embedding to compare with
 */
export function sentenceOf(
  facts: Omit<Explanation, 'sentence'>,
  leading: Deciding | null,
  compared: boolean,
): string {
  const sentences = [
    ...judgement(facts, leading),
    ...likeness(facts, compared),
    ...earlier(facts),
    ...said(facts),
  ];
  return sentences.join(' ');
}

function judgement(
  { visibility, activity }: Omit<Explanation, 'sentence'>,
  leading: Deciding | null,
): string[] {
  if (leading === null) return [`The frame has no scores (visibility: ${visibility}).`];
  const { score, threshold, zone, rectangle } = leading;
  const refused =
    visibility === 'ok'
      ? []
      : [`The picture was not judged (visibility: ${visibility}); its scores all the same:`];
  const scored = `${leading.activity} ${score.toFixed(2)} (threshold ${threshold.toFixed(2)})`;
  const middle = { x: rectangle.x + rectangle.w / 2, y: rectangle.y + rectangle.h / 2 };
  const where = `the place at x ${percent(middle.x)}, y ${percent(middle.y)}, in zone ${zone}`;
  if (activity === NONE || !leading.present) {
    return [...refused, `No activity reaches its threshold; ${scored} comes nearest, by ${where}.`];
  }
  return [...refused, `Decided by ${where}: ${scored}.`];
}

function likeness(
  { activity, neighbours, decided }: Omit<Explanation, 'sentence'>,
  compared: boolean,
): string[] {
  if (decided.length === 0) return [];
  if (!compared) return ['No embeddings of it are kept, so it cannot be compared with labelled frames.'];
  const [first] = neighbours;
  if (first === undefined) return ['Nothing is labelled that it could be compared with.'];
  const last = neighbours[neighbours.length - 1] ?? first;
  const found = activity === 'unknown' ? (first.labels[0] ?? NONE) : activity;
  const agreeing = neighbours.filter(one => speaksFor(one, found)).length;
  const own = neighbours.filter(({ from }) => from === 'board').length;
  const count =
    neighbours.length === 1 ? 'The labelled place' : `Of the ${neighbours.length} labelled places`;
  const range =
    neighbours.length === 1
      ? `similarity ${first.similarity.toFixed(2)}`
      : `similarity ${first.similarity.toFixed(2)} to ${last.similarity.toFixed(2)}`;
  const share =
    neighbours.length === 1
      ? `is ${agreeing === 1 ? '' : 'not '}${found}`
      : `${agreeing} ${agreeing === 1 ? 'is' : 'are'} ${found}`;
  return [`${count} most like it (${range}) ${share}; ${own} ${own === 1 ? 'is' : 'are'} of this board.`];
}

function earlier({ before, activity }: Omit<Explanation, 'sentence'>): string[] {
  if (before === null || activity === 'unknown') return [];
  const same = before.activity === activity ? 'the same' : before.activity;
  return [`Head ${before.head}, which scored it then, found ${same}.`];
}

function said({ labels }: Omit<Explanation, 'sentence'>): string[] {
  if (labels === null) return [];
  return [`It is labelled ${labels.length === 0 ? NONE : labels.join(' and ')}.`];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Plain data that survives JSON. */
export interface Explanation {
  readonly frame: string;
  /** ISO 8601. */
  readonly takenAt: string;
  /** The place that all of this is about, in shares of the frame; null: the frame as a whole. */
  readonly place: Point | null;
  readonly visibility: Visibility;
  /** The activity of this frame alone, before it is smoothed with those around it; `unknown` where it could not be judged. */
  readonly activity: string;
  readonly activities: readonly string[];
  /** Id of the head whose scores these are. */
  readonly head: string;
  /** What the head of that time said, where it was another. */
  readonly before: { readonly head: string; readonly activity: string; readonly scores: Scores } | null;
  /** What people said of it: empty for none; null where nobody did. */
  readonly labels: readonly string[] | null;
  /** The cell that decided on each activity, strongest first; `score` is the zone's, as the daemon judges it. */
  readonly decided: readonly Deciding[];
  /** The cell that the neighbours are like: that of the strongest activity, or of the one nearest to its threshold. */
  readonly cell: KeptCell | null;
  /** Labelled cells and base samples most like it, best first. */
  readonly neighbours: readonly LabelledNeighbour[];
  /** How many of them have each label, and `none`. */
  readonly votes: Readonly<Record<string, number>>;
  /** All of this in words. */
  readonly sentence: string;
}
