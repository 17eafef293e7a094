/** One picture at once, judged by itself, for whoever asks for it by hand. */
import { presentActivities, type Scores } from '../activity/scores.ts';
import type { Visibility } from '../activity/visibility.ts';
import { SurfwatchError } from '../errors.ts';
import type { Look } from '../pipeline/watch.ts';
import type { Zone } from '../vision/zone.ts';
import { shownPicture } from './shown-picture.ts';

export interface CaptureRequest {
  /** Keep it in the archive, to be labelled. */
  readonly keep?: boolean | undefined;
  /** Answer with the picture. */
  readonly jpeg?: boolean | undefined;
  /** Of the picture in the answer, in pixels; without it as the camera gave it. */
  readonly width?: number | undefined;
}

/** `duplicate`: it is kept already. `full`: there is no room. `off`: `learning.keep` is `nothing`. */
export type KeepOutcome = 'kept' | 'duplicate' | 'full' | 'off';

export interface CaptureParts {
  /** Until when the camera is paused, null if it is not. */
  readonly paused: () => { readonly until: number | null } | null;
  /** A frame that is taken from now on, and what was seen on it. */
  readonly look: (signal: AbortSignal) => Promise<Look>;
  /** Puts a frame into the archive. @throws SurfwatchError `learning-off` */
  readonly keep: (look: Look) => Promise<KeepOutcome>;
  /** Lets a frame be explained and labelled for a while, kept or not. */
  readonly remember: (look: Look) => void;
  /** In force. */
  readonly thresholds: () => Readonly<Record<string, number>>;
  /** What stays visible of a picture; null: all of it. */
  readonly onlyZones: () => readonly Pick<Zone, 'points'>[] | null;
}

export interface Captured {
  readonly frame: string;
  readonly takenAt: string;
  /** By this picture alone, without smoothing. */
  readonly activity: string;
  readonly activities: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
  readonly visibility: Visibility;
  /** Id of the head. */
  readonly model: string;
  /** Present where it was asked for. */
  readonly keep?: KeepOutcome;
  /** Base64. */
  readonly jpeg?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Of the JPEG in the answer. */
const QUALITY = 85;

/** @throws SurfwatchError `capture-paused`, `capture-unreadable`, `learning-off`; `camera-*` where there is no picture */
export async function capture(
  parts: CaptureParts,
  { keep, jpeg, width = 0 }: CaptureRequest,
  signal: AbortSignal,
): Promise<Captured> {
  refusePaused(parts);
  const look = await parts.look(signal);
  refusePaused(parts);
  const { frame, looked } = look;
  const { read, observation, error } = looked;
  if (read === undefined)
    throw new SurfwatchError('capture-unreadable', error?.message ?? 'it cannot be read');
  parts.remember(look);
  const { visibility } = observation;
  const scores = strongest(Object.values(observation.zones).map(zone => zone.scores));
  const activities = visibility === 'ok' ? presentActivities(scores, parts.thresholds()) : [];
  const shown =
    jpeg === true
      ? await shownPicture(frame.bytes, { width, quality: QUALITY, onlyZones: parts.onlyZones() })
      : undefined;
  return {
    frame: frame.id,
    takenAt: new Date(frame.takenAt).toISOString(),
    activity: visibility === 'ok' ? (activities[0] ?? 'none') : 'unknown',
    activities,
    scores: rounded(scores),
    visibility,
    model: read.head,
    ...(keep === true && { keep: await parts.keep(look) }),
    ...(shown !== undefined && {
      jpeg: shown.jpeg.toString('base64'),
      width: shown.width,
      height: shown.height,
    }),
  };
}

function refusePaused({ paused }: CaptureParts): void {
  const pause = paused();
  if (pause === null) return;
  const until = pause.until === null ? 'until `resume`' : `until ${new Date(pause.until).toISOString()}`;
  throw new SurfwatchError('capture-paused', `the camera is paused ${until}`);
}

/** Of each activity the highest score of any zone. */
function strongest(zones: readonly Scores[]): Record<string, number> {
  const best: Record<string, number> = {};
  for (const scores of zones) {
    for (const [activity, score] of Object.entries(scores))
      best[activity] = Math.max(best[activity] ?? 0, score);
  }
  return best;
}

function rounded(scores: Scores): Scores {
  const entries = Object.entries(scores).map(([name, score]) => [name, Math.round(score * 1000) / 1000]);
  return Object.fromEntries(entries);
}
