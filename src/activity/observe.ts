/** Looks at one frame: is the picture fit to be judged, and if so, what is in each zone? */
import type { Frame } from '../capture/source.ts';
import { SurfwatchError } from '../errors.ts';
import { type GateState, gatePicture } from '../vision/gate.ts';
import { type GateOptions, measureQuality } from '../vision/quality.ts';
import type { Zone } from '../vision/zone.ts';
import type { Classifier, ScoredPicture } from './classifier.ts';
import type { Observation } from './tracker.ts';

export interface LookedAt {
  readonly observation: Observation;
  /** What the next frame is compared with: to notice a camera that repeats itself, has moved or is dirty. */
  readonly still: GateState;
  /** What the classifier made of it, where it could be read. */
  readonly scored?: ScoredPicture;
  /** Why the picture could not be read, where it could not. */
  readonly error?: SurfwatchError;
}

/**
 * A picture that can't be decoded is an observation too (`unreadable`), not a failure.
 *
 * @param monotonicMs when the frame came in
 * @throws whatever the engine throws when it fails
 */
export async function lookAt(
  frame: Frame,
  monotonicMs: number,
  still: GateState,
  parts: { readonly classifier: Classifier; readonly zones: readonly Zone[]; readonly gates: GateOptions },
): Promise<LookedAt> {
  const seen = { frame: frame.id, atMs: frame.takenAt, monotonicMs };
  try {
    const scored = await parts.classifier.classify(frame.bytes, parts.zones);
    const quality = measureQuality(scored.picture.preview);
    const gate = gatePicture(still, quality, monotonicMs, parts.gates, {
      repeated: frame.unchangedSince !== undefined,
      soiling: scored.soiling,
    });
    const observation = { ...seen, visibility: gate.visibility, zones: scored.zones };
    return { observation, still: gate.state, scored };
  } catch (error) {
    const unreadable =
      error instanceof SurfwatchError &&
      (error.code === 'image-unreadable' || error.code === 'image-too-large');
    if (!unreadable) throw error;
    return { observation: { ...seen, visibility: 'unreadable', zones: {} }, still, error };
  }
}
