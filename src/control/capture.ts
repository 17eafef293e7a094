/** One picture at once, judged by itself, for whoever asks for it by hand. */
import { activitiesAbove, type Scores } from '../activity/scores.ts';
import type { Visibility } from '../activity/visibility.ts';
import { SurfwatchError } from '../errors.ts';
import type { Pause } from '../pipeline/pause.ts';
import type { ProcessedFrame } from '../pipeline/processed-frame.ts';
import type { Zone } from '../vision/zone.ts';
import { shownPicture } from './shown-picture.ts';

export interface CaptureRequest {
  /** Keep it in the archive, to be labelled. */
  readonly keep?: boolean | undefined;
  /** Answer with the picture. */
  readonly jpeg?: boolean | undefined;
  /** Width of the picture in the answer, in pixels; without it the picture is as the camera gave it. */
  readonly width?: number | undefined;
}

/** `duplicate`: it is kept already. `full`: there is no room. `off`: `learning.keep` is `nothing`. */
export type KeepOutcome = 'kept' | 'duplicate' | 'full' | 'off';

export interface CaptureDeps {
  readonly pause: Pick<Pause, 'state'>;
  /** A frame that is taken from now on, and what it shows. */
  readonly captureNow: (signal: AbortSignal) => Promise<ProcessedFrame>;
  /** Puts a frame into the archive. @throws SurfwatchError `learning-off` */
  readonly keep: (frame: ProcessedFrame) => Promise<KeepOutcome>;
  /** Lets a frame be explained and labelled for a while, kept or not. */
  readonly remember: (frame: ProcessedFrame) => Promise<void>;
  /** Those in force. */
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

/** JPEG quality of the picture in the answer. */
const QUALITY = 85;

/** @throws SurfwatchError `capture-paused`, `capture-unreadable`, `learning-off`; `camera-*` where there is no picture */
export async function capture(
  deps: CaptureDeps,
  { keep, jpeg, width = 0 }: CaptureRequest,
  signal: AbortSignal,
): Promise<Captured> {
  refusePaused(deps);
  const processed = await deps.captureNow(signal);
  refusePaused(deps);
  const { frame, observed } = processed;
  const { read, observation, error } = observed;
  if (read === undefined)
    throw new SurfwatchError('capture-unreadable', error?.message ?? 'it cannot be read');
  await deps.remember(processed);
  const { visibility } = observation;
  const scores = strongest(Object.values(observation.zones).map(zone => zone.scores));
  const activities = visibility === 'ok' ? activitiesAbove(scores, deps.thresholds()) : [];
  const shown =
    jpeg === true
      ? await shownPicture(frame.bytes, { width, quality: QUALITY, onlyZones: deps.onlyZones() })
      : undefined;
  return {
    frame: frame.id,
    takenAt: new Date(frame.takenAt).toISOString(),
    activity: visibility === 'ok' ? (activities[0] ?? 'none') : 'unknown',
    activities,
    scores: rounded(scores),
    visibility,
    model: read.head,
    ...(keep === true && { keep: await deps.keep(processed) }),
    ...(shown !== undefined && {
      jpeg: shown.jpeg.toString('base64'),
      width: shown.width,
      height: shown.height,
    }),
  };
}

function refusePaused({ pause: { state } }: CaptureDeps): void {
  if (state === null) return;
  const until = state.until === null ? 'until `resume`' : `until ${new Date(state.until).toISOString()}`;
  throw new SurfwatchError('capture-paused', `the camera is paused ${until}`);
}

/** The highest score of each activity in any zone. */
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
