/** What is asked of a frame: a label, points, or whether nobody is there. */
import type { KeptCell } from '../../../activity/kept-cells.ts';
import { type Reason, reason } from '../../../messaging/reasons.ts';
import { doubt, type JudgedBy, riderOf } from '../deciding.ts';
import type { Candidate } from './candidate.ts';
import { type Doubtful, doubtful } from './doubtful.ts';
import { isDoubtful, shownPlaces } from './places.ts';

/** `label`: what goes on. `points`: who exactly is a rider. `none`: whether nobody is there. */
export type Ask = 'label' | 'points' | 'none';

/** So many doubtful places are better told one by one. */
const MANY_IN_DOUBT = 3;

export interface Asked {
  readonly frame: Doubtful;
  readonly ask: Ask;
  /** Empty for a label, for which there are other reasons. */
  readonly reasons: readonly Reason[];
}

/** A label, or points where many places are in doubt. */
export function askedOf(frame: Doubtful, head: JudgedBy): Asked {
  const rider = riderOf(head);
  const places = shownPlaces(frame.candidate.cells, rider);
  const unsure = places.filter(({ score }) => isDoubtful(score, rider)).length;
  if (unsure < MANY_IN_DOUBT) return { frame, ask: 'label', reasons: [] };
  return { frame, ask: 'points', reasons: [reason('places-in-doubt', { places: places.length, unsure })] };
}

/**
 * The frame that most likely shows nobody, where none of this camera is known to: without one, whatever stands about on
 * this beach can be taken for the rider that a label means. Null where every frame has a detection that counts.
 */
export function emptiest(frames: readonly Doubtful[], head: JudgedBy): Asked | null {
  const rider = riderOf(head);
  const strongest = ({ candidate }: Doubtful) => shownPlaces(candidate.cells, rider)[0]?.score ?? 0;
  const calm = frames
    .map(frame => ({ frame, most: strongest(frame) }))
    .filter(({ most }) => most < rider)
    .sort((a, b) => a.most - b.most)[0];
  if (calm === undefined) return null;
  return { frame: calm.frame, ask: 'none', reasons: [reason('nobody-labelled', {})] };
}

/** A frame that is labelled with activities, none of its places pointed at. */
export interface WholeLabelled extends Candidate {
  readonly labels: readonly string[];
  /** The last retraining could not tell who is meant. */
  readonly unsure?: boolean;
}

/** The frames that do not tell who is meant, the most doubtful first: in those nobody surely does what the label says. */
export function unclear(labelled: readonly WholeLabelled[], head: JudgedBy): Asked[] {
  return labelled
    .filter(({ cells, labels, unsure }) => unsure === true || !isClear(cells, labels, riderOf(head)))
    .flatMap(candidate => doubtful(candidate, candidate.cells, head) ?? [])
    .map(frame => ({ frame, places: shownPlaces(frame.candidate.cells, riderOf(head)).length }))
    .sort((a, b) => doubt(b.frame.deciding) - doubt(a.frame.deciding))
    .map(({ frame, places }) => ({ frame, ask: 'points', reasons: [unclearWhich(places)] }));
}

function unclearWhich(places: number): Reason {
  if (places === 0) return reason('whole-no-place', {});
  return places === 1 ? reason('whole-one-place', {}) : reason('whole-many-places', { places });
}

function isClear(cells: readonly KeptCell[], labels: readonly string[], rider: number): boolean {
  const places = shownPlaces(cells, rider);
  return labels.every(label =>
    places.some(({ activity, score }) => activity === label && score >= rider && !isDoubtful(score, rider)),
  );
}
