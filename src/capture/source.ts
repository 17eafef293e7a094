/** What every way of getting pictures has in common. A source is dumb: retries, time-outs and pace are the camera's. */

export type CameraKind = 'webcam' | 'rpicam' | 'directory' | 'http' | 'ffmpeg' | 'simulator';

/** One picture as its source gave it, still encoded. */
export interface Picture {
  /** JPEG, PNG or WebP, not yet checked: a camera can send anything. */
  readonly bytes: Buffer;
  /** Where it came from, for messages: a file's path, or a URL without its credentials. */
  readonly origin: string;
}

/** One frame on its way through the daemon. */
export interface Frame extends Picture {
  /** ULID: unique, and sorts by time. */
  readonly id: string;
  /** When it was taken: milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  /** When the first of the pictures since then that were all the same, byte by byte, was taken; absent on a new one. */
  readonly unchangedSince?: number;
}

export interface FrameSource {
  readonly kind: CameraKind;
  /**
   * The newest picture that was not returned before. Opens what it needs on the first call, and again after a failure.
   *
   * @param signal aborts on time-out and on shutdown; the source then frees what it holds (child, socket) and rejects.
   * @throws SurfwatchError with a `camera-*` code saying what to do; {@link EndOfFrames} where no picture will ever come again.
   */
  grab(signal: AbortSignal): Promise<Picture>;
  /**
   * What a user can do about a source that fails again and again, in a sentence; undefined where nothing is known.
   * Asked for when pictures have failed to come twice in a row.
   */
  advice?(): Promise<string | undefined>;
  /** Frees everything; safe to call twice. */
  close(): Promise<void>;
  /** Pictures that came faster than they were grabbed, and so were replaced by newer ones. */
  readonly dropped: number;
}

/** The end of a finite source (a video file or a folder that neither loops nor is watched). Not a failure. */
export class EndOfFrames extends Error {
  override readonly name = 'EndOfFrames';
}
