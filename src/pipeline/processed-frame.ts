/** A frame that went through the pipeline. */
import type { ReadFrame } from '../activity/beach-reader.ts';
import type { Observed } from '../activity/observe.ts';
import type { ActivityOptions } from '../activity/options.ts';
import type { Reports } from '../activity/report.ts';
import type { TrackerStep } from '../activity/tracker.ts';
import type { Frame } from '../capture/source.ts';
import { SurfwatchError } from '../errors.ts';
import type { JudgedFrame } from '../learning/board/judged-frame.ts';
import type { SeenDetail } from '../messaging/describe.ts';

export interface ProcessedFrame {
  readonly frame: Frame;
  readonly observed: Observed;
  /** From the frame to what is known by it. */
  readonly tookMs: number;
  /**
   * What it changes in what is known of the beach. Absent where it changes nothing: the frame was taken for itself, or
   * another head came into force while it was read.
   */
  readonly step?: TrackerStep;
  /** Present where frames are read more or less finely from this one on. */
  readonly newDetail?: SeenDetail;
}

/** A frame that was read, and that the tracker took in. */
export interface TrackedFrame extends ProcessedFrame {
  readonly observed: Observed & { readonly read: ReadFrame };
  readonly step: TrackerStep;
}

export function isTracked(frame: ProcessedFrame): frame is TrackedFrame {
  return frame.step !== undefined && frame.observed.read !== undefined;
}

/**
 * The frame as learning uses it.
 *
 * @throws SurfwatchError `capture-unreadable`
 */
export function judgedFrameOf(
  { frame, observed: { observation, read } }: ProcessedFrame,
  pipeline: { readonly reports: Reports; readonly options: Pick<ActivityOptions, 'thresholds'> },
): JudgedFrame {
  if (read === undefined) throw new SurfwatchError('capture-unreadable', 'the picture cannot be read');
  const { visibility, monotonicMs } = observation;
  const { activity } = pipeline.reports.beach;
  const { thresholds } = pipeline.options;
  return { frame, monotonicMs, visibility, read, activity, thresholds };
}
