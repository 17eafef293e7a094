/** What may come back instead of an answer, for whoever asks the daemon. */
import { ERRORS, type ErrorCode, SurfwatchError } from '../errors.ts';

/** An error that the daemon answered with: its code may be of a version that knows more than this one. */
export class DaemonError extends SurfwatchError {
  constructor(code: string, message: string) {
    super(code as ErrorCode, message);
  }

  override get remedy(): string {
    return Object.hasOwn(ERRORS, this.code)
      ? ERRORS[this.code].remedy
      : 'The daemon runs another version, whose docs/errors.md has this code.';
  }

  /** Of this process nothing was wrong: neither its settings nor how it was called. */
  override get exitStatus(): number {
    return 1;
  }
}

export interface Silence {
  /** Where the answer was awaited. */
  readonly topic: string;
  readonly address: string;
  readonly base: string;
  /** What the daemon's availability topic holds; undefined where there is no such topic, or it may not be read. */
  readonly availability: string | undefined;
  /** How long was waited, in ms; undefined where the daemon is known to be away. */
  readonly waitedMs?: number;
}

/** Why there is no answer, as far as can be told from the outside. */
export function silence({ topic, address, base, availability, waitedMs }: Silence): SurfwatchError {
  const known =
    availability === undefined
      ? `nothing is known of a daemon there: ${base}/availability is empty`
      : `${base}/availability is "${availability}"`;
  const how = waitedMs === undefined ? '' : ` within ${waitedMs / 1000} s`;
  return new SurfwatchError('daemon-silent', `no answer on ${topic} at ${address}${how}; ${known}`);
}

/** The broker ended the connection instead of taking a message: MQTT 3.1.1 has no other way to refuse it. */
export function hungUp(
  fault: SurfwatchError,
  { topic, payload }: { readonly topic: string; readonly payload: string | Buffer },
): SurfwatchError {
  const sent = `${topic} with ${Buffer.byteLength(payload)} bytes was sent`;
  const why = 'it may not permit that topic, or not as much at once';
  return new SurfwatchError('mqtt-refused', `${fault.message} when ${sent}: ${why}`, { cause: fault });
}
