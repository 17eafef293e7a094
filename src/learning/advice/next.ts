/** What to label next: the frames of the archive from which a head is likely to learn most. */
import type { Scores } from '../../activity/scores.ts';
import type { Rectangle } from '../../base/geometry.ts';
import type { Reason } from '../../messaging/reasons.ts';
import { type JudgedBy, riderOf } from './deciding.ts';
import { normalisedRows } from './likeness/vectors.ts';
import { type Ask, type Asked, askedOf, emptiest, unclear, type WholeLabelled } from './ranking/asking.ts';
import type { Candidate } from './ranking/candidate.ts';
import { type Doubtful, doubtful } from './ranking/doubtful.ts';
import { type ShownPlace, shownPlaces } from './ranking/places.ts';
import { reasonsFor } from './ranking/reasons.ts';
import { representatives } from './ranking/representatives.ts';
import { shortlist } from './ranking/shortlist.ts';

/** What is known already. */
export interface NextInput {
  /** The present head, and the thresholds in use. */
  readonly head: JudgedBy;
  /** [rows, width]: embeddings of the cells that decided in labelled frames, newest last; may be empty. */
  readonly labelled: Float32Array;
  readonly width: number;
  /** Labelled frames of each activity, and of `none`. */
  readonly counts: Readonly<Record<string, number>>;
  /** False: no frame of this camera says where nobody is. */
  readonly showsNobody?: boolean;
  /** Frames that are labelled as a whole, with activities. */
  readonly whole?: readonly WholeLabelled[];
  /** Scores of each cell by the present head, asked for those of the shortlist that may be stale. */
  readonly rescore?: (embeddings: Float32Array, cells: number) => readonly Scores[];
}

export interface NextOptions {
  /** Frames wanted. */
  readonly count: number;
  /** Most frames whose embeddings are read and compared. */
  readonly shortlist: number;
  /** How much a frame without any doubt still counts against one on a threshold, 0..1. */
  readonly floor: number;
  /** What each place in doubt counts besides. */
  readonly places: number;
}

export const NEXT_DEFAULTS: NextOptions = {
  count: 10,
  shortlist: 200,
  floor: 0.1,
  places: 1,
};

/** Plain data that survives JSON. */
export interface NextFrame {
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  readonly ask: Ask;
  /** The activity in doubt, and where it is strongest. */
  readonly activity: string;
  readonly zone: string;
  /** As a share of the frame. */
  readonly rectangle: Rectangle;
  /** Scores of the frame, as the daemon judges it, 0..1. */
  readonly scores: Scores;
  /** 1 on a threshold, 0 at certainty. */
  readonly doubt: number;
  /** Cosine distance to what is nearest of the labelled and the frames picked before it, 0..2; null where unknown. */
  readonly novelty: number | null;
  /** Frames that look more like it than like anything labelled or any other pick. */
  readonly standsFor: number;
  /** Why; at least one. */
  readonly reasons: readonly Reason[];
  /** What may be a rider: detections by number, then weaker ones. */
  readonly places: readonly ShownPlace[];
}

/** Newest labelled cells that candidates are compared with. */
const MOST_LABELLED = 500;

/**
 * Ranks frames by doubt (D. Lewis and W. Gale 1994) and by how well they stand for others in doubt that nothing labelled
 * or picked before is like (facility location, see {@link representatives}). `npm run bench:learning` measures it
 * against random order.
 *
 * @returns best first, at most `count`; frames without a cell in a zone are left out
 */
export function rankFrames(
  candidates: readonly Candidate[],
  input: NextInput,
  options: Partial<NextOptions> = {},
): readonly NextFrame[] {
  const all = { ...NEXT_DEFAULTS, ...options };
  const worth = ({ doubt, unsure }: Doubtful) => all.floor + (1 - all.floor) * doubt + all.places * unsure;
  const first = candidates.flatMap(candidate => doubtful(candidate, candidate.cells, input.head) ?? []);
  const frames = shortlist(first, worth, Math.max(all.shortlist, all.count)).map(frame =>
    readVectors(frame, input),
  );
  const from = Math.max(0, input.labelled.length - MOST_LABELLED * input.width);
  const labelled = normalisedRows(input.labelled.subarray(from), input.width);
  const places = frames.map(({ frame, vector }) => ({
    vector,
    takenAt: frame.candidate.takenAt,
    worth: worth(frame),
    novelty: frame.candidate.novelty,
  }));
  const picks = representatives(places, labelled, all.count).map(({ index, distance, standsFor }) => {
    const { frame } = frames[index] as (typeof frames)[number];
    const asked = askedOf(frame, input.head);
    const hasLabels = labelled.length > 0;
    const reasons = reasonsFor(asked, { distance, standsFor, hasLabels, counts: input.counts });
    return nextFrame({ ...asked, reasons }, input.head, distance, standsFor);
  });
  const none = input.showsNobody === false ? emptiest(first, input.head) : null;
  const unsure = unclear(input.whole ?? [], input.head);
  const extra = (asked: Asked) => nextFrame(asked, input.head, null, 0);
  return woven(none === null ? [] : [extra(none)], picks, unsure.map(extra)).slice(0, all.count);
}

/** A frame labelled already after so many others. */
const BETWEEN = 2;

/** No frame twice; a longer list only goes on where a shorter one ends. */
function woven(
  first: readonly NextFrame[],
  picks: readonly NextFrame[],
  between: readonly NextFrame[],
): NextFrame[] {
  const asked = new Set(first.map(({ id }) => id));
  const rest = picks.filter(({ id }) => !asked.has(id));
  const woven = rest.flatMap((pick, index) =>
    index % BETWEEN === BETWEEN - 1
      ? [pick, ...between.slice((index + 1) / BETWEEN - 1, (index + 1) / BETWEEN)]
      : [pick],
  );
  return [...first, ...woven, ...between.slice(Math.floor(rest.length / BETWEEN))];
}

function nextFrame(
  { frame, ask, reasons }: Asked,
  head: JudgedBy,
  novelty: number | null,
  standsFor: number,
): NextFrame {
  const { candidate, deciding, scores, doubt } = frame;
  return {
    id: candidate.id,
    takenAt: candidate.takenAt,
    ask,
    activity: deciding.activity,
    zone: deciding.zone,
    rectangle: deciding.rectangle,
    scores,
    doubt,
    novelty,
    standsFor,
    reasons,
    places: shownPlaces(candidate.cells, riderOf(head)),
  };
}

/** The frame as the present head sees it, with the embedding (length 1) of the cell that is in doubt. */
function readVectors(
  frame: Doubtful,
  { head, rescore, width }: NextInput,
): { frame: Doubtful; vector: Float32Array | null } {
  const { candidate } = frame;
  const embeddings = candidate.embeddings();
  if (embeddings === null || embeddings.length !== candidate.cells.length * width)
    return { frame, vector: null };
  const fresh = candidate.stale === false ? undefined : rescore?.(embeddings, candidate.cells.length);
  const cells = candidate.cells.map((cell, row) => ({ ...cell, scores: fresh?.[row] ?? cell.scores }));
  const now = doubtful(candidate, cells, head) ?? frame;
  const start = now.deciding.cell * width;
  return { frame: now, vector: normalisedRows(embeddings.subarray(start, start + width), width) };
}
