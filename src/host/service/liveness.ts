/** Whether the way of a frame still goes on. A camera or broker that is gone is no reason to restart; a wedged pipeline is. */
import { CAMERA_RETRY } from '../../capture/camera.ts';
import type { LoopProgress } from '../../pipeline/frame-loop.ts';

export interface LivenessOptions {
  /** Longest time without a step. */
  readonly stepMs: number;
  /** Longest time that a frame may be at work. */
  readonly frameMs: number;
}

/** Long: a false alarm costs a restart, and a slow board that retrains is slow, not dead. */
export const LIVENESS_DEFAULTS = { frameMs: 120_000 } as const;

export interface Liveness {
  readonly steps: number;
  /** Time without a step, as far as this process ran meanwhile. */
  readonly idleMs: number;
  readonly atMs: number;
  /** What is wrong, or null. */
  readonly stalled: string | null;
}

export function startLiveness({ steps }: LoopProgress, nowMs: number): Liveness {
  return { steps, idleMs: 0, atMs: nowMs, stalled: null };
}

/**
 * Takes one look.
 *
 * @param everyMs the time between two looks. A longer gap is counted as two of them at most: the process was stopped or
 *   the machine asleep, and what was due meanwhile gets its chance first.
 */
export function stepLiveness(
  before: Liveness,
  { steps, frameSinceMs, resting }: LoopProgress,
  nowMs: number,
  everyMs: number,
  { stepMs, frameMs }: LivenessOptions,
): Liveness {
  const ranMs = Math.min(nowMs - before.atMs, 2 * everyMs);
  const moved = resting || steps !== before.steps;
  const idleMs = moved ? 0 : before.idleMs + ranMs;
  const workingMs = frameSinceMs === null ? 0 : Math.min(idleMs, nowMs - frameSinceMs);
  return { steps, idleMs, atMs: nowMs, stalled: whatStalled(idleMs, workingMs, { stepMs, frameMs }) };
}

function whatStalled(idleMs: number, workingMs: number, { stepMs, frameMs }: LivenessOptions): string | null {
  if (workingMs > frameMs) return `a frame has been at work for ${seconds(workingMs)}`;
  if (idleMs > stepMs) return `no picture was judged and none was tried for in ${seconds(idleMs)}`;
  return null;
}

/** The longest time between two steps that the camera's settings explain: the slowest pace, a picture, a frame at work. */
export function longestStepMs(
  camera: { readonly intervalMs: number; readonly timeoutMs: number },
  frameMs: number = LIVENESS_DEFAULTS.frameMs,
): number {
  // A picture that timed out is followed by the closing of its source, which may take as long.
  return Math.max(camera.intervalMs, CAMERA_RETRY.retryMaxMs) + 2 * camera.timeoutMs + frameMs;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
