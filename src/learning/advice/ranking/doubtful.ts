/** How much doubt there is about a frame, and which of its cells it hangs on. */
import type { KeptCell } from '../../../activity/kept-cells.ts';
import { likeliest } from '../../../activity/presence-score.ts';
import type { Scores } from '../../../activity/scores.ts';
import { type Deciding, decidingCells, doubt, type JudgedBy, riderOf } from '../deciding.ts';
import type { Candidate } from './candidate.ts';
import { isDoubtful } from './places.ts';

export interface Doubtful {
  readonly candidate: Candidate;
  /** The cell and scores of the activity in doubt. */
  readonly deciding: Deciding;
  /** 1 on a threshold or between two activities, 0 at certainty. */
  readonly doubt: number;
  /** Places that may or may not be a rider. */
  readonly unsure: number;
  /** Where the doubt is what the rider does: both probabilities of that one place, 0..1. */
  readonly rival: Rival | null;
  /** Activities that are there, or, where there are none, the one that comes nearest to it; empty: surely none. */
  readonly shows: readonly string[];
  /** Scores of the frame, as the daemon judges it. */
  readonly scores: Scores;
}

export interface Rival {
  readonly activity: string;
  readonly score: number;
  /** Score of the activity that it is taken for. */
  readonly over: number;
}

/** An activity this near to its threshold may be what the frame shows. */
const PERHAPS = 0.5;

/** Null where no cell of the frame lies in a zone. */
export function doubtful(candidate: Candidate, cells: readonly KeptCell[], head: JudgedBy): Doubtful | null {
  const each = decidingCells(cells, head);
  const [first, ...others] = each;
  if (first === undefined) return null;
  const nearest = others.reduce((best, one) => (doubt(one) > doubt(best) ? one : best), first);
  const present = each.filter(one => one.present);
  // That somebody is out there does not say what they do.
  const rival = first.present ? rivalOf(first, cells) : null;
  const between = rival === null ? 0 : rival.score / rival.over;
  const shows = present.length > 0 ? present : each.filter(one => doubt(one) >= PERHAPS);
  return {
    candidate,
    deciding: between > doubt(nearest) ? first : nearest,
    doubt: Math.max(doubt(nearest), between),
    unsure: unsurePlaces(cells, riderOf(head)),
    rival: between > doubt(nearest) ? rival : null,
    shows: shows.map(({ activity }) => activity),
    scores: Object.fromEntries(each.map(({ activity, score }) => [activity, score])),
  };
}

function unsurePlaces(cells: readonly KeptCell[], rider: number): number {
  return cells.filter(
    ({ zone, pointed, scores }) =>
      zone !== '' && pointed !== true && isDoubtful(likeliest(scores).score, rider),
  ).length;
}

/** What else the rider that decided may do. */
function rivalOf({ activity, cell, cellScore }: Deciding, cells: readonly KeptCell[]): Rival | null {
  const others = Object.entries(cells[cell]?.scores ?? {}).filter(([name]) => name !== activity);
  const [name, score] = others.reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0]);
  return score > 0 && score <= cellScore ? { activity: name, score, over: cellScore } : null;
}
