/** Frames with boxes and what the model makes of them. */
import type { BeachReader } from '../activity/beach-reader.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import type { BoxedFrame } from '../training/data/dataset.ts';
import { PICTURE_LIMITS } from '../vision/decode.ts';
import { type Zone, zoneAt } from '../vision/zone.ts';
import type { ReadExample, Truth } from './frame-metrics.ts';
import { type JudgedFrame, judgeFrame } from './judge.ts';
import { readPicture } from './pictures.ts';

export type EvaluatedFrame = {
  readonly file: string;
  readonly camera: string;
  /** Activities in it that the model doesn't know: nothing that shows them is right or wrong. */
  readonly foreign: readonly string[];
} & (
  | {
      readonly example: ReadExample;
      readonly visibility: JudgedFrame['visibility'];
      readonly detail: JudgedFrame['read']['detail'];
      readonly tookMs: number;
    }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } }
);

/** A fault of the picture is noted; any other ends the command. */
export async function evaluateFrame(
  reader: BeachReader,
  frame: BoxedFrame,
  settings: Settings,
): Promise<EvaluatedFrame> {
  const { path: file, camera } = frame;
  const { activities } = reader.head.manifest;
  const foreign = [...new Set(frame.riders.map(({ activity }) => activity))].filter(
    name => !activities.includes(name),
  );
  try {
    const bytes = await readPicture(file, PICTURE_LIMITS.maxBytes);
    const { read, found, kites, visibility } = await judgeFrame(reader, bytes, settings);
    const { decode, embed, score } = read.tookMs;
    const zones = settings.zones.length === 0 ? null : zonesOf(settings);
    const truth = countedTruth(frame, activities, zones);
    return {
      file,
      camera,
      foreign,
      example: { camera, truth, found, kites, visible: visibility === 'ok' },
      visibility,
      detail: read.detail,
      tookMs: decode + embed + score,
    };
  } catch (error) {
    if (!(error instanceof SurfwatchError)) throw error;
    return { file, camera, foreign, error: { code: error.code, message: error.message } };
  }
}

/** Riders outside of the zones, or of activities that the head doesn't know, are neither to be found nor wrong to find. */
export function countedTruth(
  { riders, kites, ignored }: Truth,
  activities: readonly string[],
  zones: readonly Zone[] | null,
): Truth {
  const counts = ({ activity, box: { x, y, w, h } }: Truth['riders'][number]) =>
    activities.includes(activity) &&
    (zones === null || zoneAt(zones, { x: x + w / 2, y: y + h / 2 }) !== null);
  return {
    riders: riders.filter(counts),
    kites,
    ignored: [...ignored, ...riders.filter(rider => !counts(rider)).map(({ box }) => box)],
  };
}
