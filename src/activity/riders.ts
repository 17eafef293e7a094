/**
 * Riders over time: what is found in one frame may be a wave, a gull, a reflection; what is found at its place again and
 * again is a rider, and what has not moved for an hour is none. A pure reducer over plain data.
 */
import type { Detection } from './detections.ts';
import type { Scores } from './scores.ts';

/** Something that is followed from frame to frame. Times are monotonic, in milliseconds. */
export interface Track {
  /** The same as long as it is followed. */
  readonly id: string;
  /** Where it was seen last: shares of the frame's width and height; its height as a share of the frame's. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** How much speaks for a rider: about 0 where as much speaks against it. */
  readonly evidence: number;
  /** Mean probability of each activity, of the frames it was seen in. */
  readonly scores: Scores;
  readonly seenMs: number;
  /** When evidence was last added. */
  readonly stepMs: number;
  /** Since when it counts as a rider; null as long as it does not. */
  readonly riderSinceMs: number | null;
  /** Where it has stayed, and since when. */
  readonly stays: { readonly x: number; readonly y: number; readonly sinceMs: number };
}

/** A pole, a buoy, a rock: something like a rider that never moves. */
export interface Fixture {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly seenMs: number;
}

export interface RidersState {
  readonly tracks: readonly Track[];
  readonly fixtures: readonly Fixture[];
}

export const NO_RIDERS: RidersState = { tracks: [], fixtures: [] };

/** Evidence from which something counts as a rider, and below which it does so no longer. */
export const CONFIRMED = 2;
const LOST = 0.5;
/** Evidence of one frame: log odds of the detection above this much less than the threshold of its frame … */
const NEUTRAL = 0.7;
/** … and what a frame without a detection takes away; neither weighs more than this. */
const MISSED = -0.9;
const MOST_A_FRAME = 3.5;
/** What is left of the evidence at the next frame: what was there before is still there, less and less surely. */
const KEPT = 0.8;
/** Frames that come faster than that show the same wave, and weigh less each. */
const APART_MS = 2_000;
const LEAST_EVIDENCE = -1.2;
const MOST_EVIDENCE = 6;
/** Not seen for so long it is no longer followed. */
const FORGOTTEN_MS = 30_000;
/** A rider is looked for this many times its size around where it was, and so many more for each second. */
const NEAR = 1.5;
const NEAR_A_SECOND = 1.5;
const FARTHEST = 8;
/** Who stays within its own size for an hour does not ride. */
const FIXTURE_MS = 3_600_000;
const FIXTURE_GONE_MS = 1_800_000;
/** More than anybody could count in one frame; the weakest are left out. */
const MOST_TRACKS = 200;

export interface RidersDeps {
  /** Probability from which a detection in this frame counts as a rider. */
  readonly thresholdOf: (found: Detection) => number;
  /** Whether this frame was looked at closely enough there to say that nobody is. Default: everywhere. */
  readonly isRead?: (place: Pick<Track, 'x' | 'y' | 'size'>) => boolean;
  readonly newId: () => string;
}

/** Takes the detections of one frame in. */
export function stepRiders(
  { tracks, fixtures }: RidersState,
  detections: readonly Detection[],
  nowMs: number,
  { thresholdOf, newId, isRead = () => true }: RidersDeps,
): RidersState {
  const free = detections.filter(found => !fixtures.some(fixture => isAt(fixture, found)));
  const links = linkTracks(tracks, free, nowMs);
  const followed = tracks.flatMap((track, index) => {
    const found = links.get(index);
    const next =
      found !== undefined
        ? seen(track, found, nowMs, thresholdOf(found))
        : isRead(track)
          ? missed(track, nowMs)
          : track;
    return isOver(next, nowMs) ? [] : [next];
  });
  const linked = new Set(links.values());
  const fresh = free
    .filter(found => !linked.has(found))
    .map(found => begun(found, nowMs, thresholdOf(found), newId))
    .filter(track => track.evidence > 0);
  const all = [...followed, ...fresh].sort((a, b) => b.evidence - a.evidence).slice(0, MOST_TRACKS);
  const still = all.filter(track => nowMs - track.stays.sinceMs >= FIXTURE_MS);
  return {
    tracks: all.filter(track => !still.includes(track)),
    fixtures: [
      ...keptFixtures(fixtures, detections, nowMs),
      ...still.map(({ x, y, size }) => ({ x, y, size, seenMs: nowMs })),
    ],
  };
}

/** Those that count as riders. */
export function confirmedRiders({
  tracks,
}: RidersState): readonly (Track & { readonly riderSinceMs: number })[] {
  return tracks.filter(
    (track): track is Track & { readonly riderSinceMs: number } => track.riderSinceMs !== null,
  );
}

/** Nearest first, each detection to one track and each track to one detection. */
function linkTracks(
  tracks: readonly Track[],
  detections: readonly Detection[],
  nowMs: number,
): Map<number, Detection> {
  const pairs = tracks.flatMap((track, index) =>
    detections.flatMap(found => {
      const distance = distanceIn(track, found);
      return distance <= reachOf(track, nowMs) ? [{ index, found, distance }] : [];
    }),
  );
  pairs.sort((a, b) => a.distance - b.distance);
  const links = new Map<number, Detection>();
  const taken = new Set<Detection>();
  for (const { index, found } of pairs) {
    if (links.has(index) || taken.has(found)) continue;
    links.set(index, found);
    taken.add(found);
  }
  return links;
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Distance in sizes of the first; a frame is taken to be 16 wide and 9 high. */
function distanceIn(a: Placed, b: Placed): number {
  return Math.hypot((a.x - b.x) * (16 / 9), a.y - b.y) / a.size;
}

function reachOf({ seenMs }: Track, nowMs: number): number {
  return Math.min(FARTHEST, NEAR + (NEAR_A_SECOND * (nowMs - seenMs)) / 1000);
}

function isAt(fixture: Fixture, found: Placed): boolean {
  return distanceIn(fixture, found) < 1;
}

function seen(track: Track, found: Detection, nowMs: number, threshold: number): Track {
  const evidence = withEvidence(track, evidenceOf(found, threshold), nowMs);
  const { x, y, size } = found;
  return {
    ...track,
    x,
    y,
    size: Math.sqrt(track.size * size),
    evidence,
    scores: meanScores(track.scores, found.scores),
    seenMs: nowMs,
    stepMs: nowMs,
    riderSinceMs: riderSince(track, evidence, nowMs),
    stays:
      distanceIn({ ...track.stays, size: track.size }, found) < 1 ? track.stays : { x, y, sinceMs: nowMs },
  };
}

function missed(track: Track, nowMs: number): Track {
  const evidence = withEvidence(track, MISSED, nowMs);
  return { ...track, evidence, stepMs: nowMs, riderSinceMs: riderSince(track, evidence, nowMs) };
}

function begun(found: Detection, nowMs: number, threshold: number, newId: () => string): Track {
  const { x, y, size, scores } = found;
  const evidence = Math.min(MOST_EVIDENCE, evidenceOf(found, threshold));
  return {
    id: newId(),
    x,
    y,
    size,
    evidence,
    scores,
    seenMs: nowMs,
    stepMs: nowMs,
    riderSinceMs: evidence >= CONFIRMED ? nowMs : null,
    stays: { x, y, sinceMs: nowMs },
  };
}

function evidenceOf({ score }: Detection, threshold: number): number {
  return Math.max(MISSED, Math.min(MOST_A_FRAME, logit(score) - logit(threshold) + NEUTRAL));
}

function withEvidence({ evidence, stepMs }: Track, added: number, nowMs: number): number {
  const kept = KEPT ** Math.min(1, Math.max(0, nowMs - stepMs) / APART_MS);
  const sum = evidence * kept + (added * (1 - kept)) / (1 - KEPT);
  return Math.max(LEAST_EVIDENCE, Math.min(MOST_EVIDENCE, sum));
}

function riderSince({ riderSinceMs }: Track, evidence: number, nowMs: number): number | null {
  if (riderSinceMs === null) return evidence >= CONFIRMED ? nowMs : null;
  return evidence < LOST ? null : riderSinceMs;
}

function isOver({ evidence, seenMs }: Track, nowMs: number): boolean {
  return evidence <= LEAST_EVIDENCE || nowMs - seenMs > FORGOTTEN_MS;
}

/** One frame weighs a quarter. */
function meanScores(before: Scores, now: Scores): Scores {
  return Object.fromEntries(
    Object.entries(now).map(([name, score]) => [name, 0.75 * (before[name] ?? score) + 0.25 * score]),
  );
}

function keptFixtures(
  fixtures: readonly Fixture[],
  detections: readonly Detection[],
  nowMs: number,
): Fixture[] {
  return fixtures
    .map(fixture =>
      detections.some(found => isAt(fixture, found)) ? { ...fixture, seenMs: nowMs } : fixture,
    )
    .filter(({ seenMs }) => nowMs - seenMs <= FIXTURE_GONE_MS);
}

function logit(probability: number): number {
  const clamped = Math.min(1 - 1e-6, Math.max(1e-6, probability));
  return Math.log(clamped / (1 - clamped));
}
