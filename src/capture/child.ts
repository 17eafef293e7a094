/** Ends child processes, the stubborn ones too. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { SurfwatchError } from '../errors.ts';

/** How long a killed process may take to vanish; one stuck in a driver never does, and nothing can be done about it. */
const LAST_WAIT_MS = 2000;

/**
 * Ends a child: SIGTERM, and SIGKILL if it has not ended `graceMs` later (0: SIGKILL at once).
 * Resolves when it is gone, or 2 s after SIGKILL. Waits in real time, since processes live in it.
 *
 * @param group the child was spawned `detached`: what it started itself is ended with it.
 */
export async function endChild(
  child: ChildProcess | undefined,
  graceMs: number,
  group = false,
): Promise<void> {
  if (child?.pid === undefined) return;
  if (graceMs > 0 && !isOver(child)) {
    send(child, 'SIGTERM', group);
    await exitWithin(child, graceMs);
  }
  if (!isOver(child)) {
    send(child, 'SIGKILL', group);
    await exitWithin(child, LAST_WAIT_MS);
  }
  // Something the child started may still hold the pipes open.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}

/** Ends what a detached child left behind. Only right after its exit, while no other group can have got its number. */
export function endLeftovers(child: ChildProcess): void {
  send(child, 'SIGKILL', true);
}

function send(child: ChildProcess, signal: NodeJS.Signals, group: boolean): void {
  if (!group || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: nobody is left.
  }
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function exitWithin(child: ChildProcess, ms: number): Promise<void> {
  await once(child, 'exit', { signal: AbortSignal.timeout(ms) }).catch(() => undefined);
}

/** Remembers a child that survived its SIGKILL, so that a hanging driver doesn't collect one more at each try. */
export class Undead {
  #child: ChildProcess | undefined;

  /** Called with each child after {@link endChild}. */
  watch(child: ChildProcess | undefined): void {
    if (child?.pid !== undefined && !isOver(child)) this.#child = child;
  }

  /** @throws SurfwatchError `camera-hung` while the child is still there. */
  mustBeGone(what: string): void {
    if (this.#child === undefined) return;
    if (isOver(this.#child)) {
      this.#child = undefined;
      return;
    }
    const reason = `process ${this.#child.pid} hangs in the driver and cannot be ended`;
    throw new SurfwatchError('camera-hung', `${what}: ${reason}`);
  }
}
