/** Ends child processes, the stubborn ones too. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How long a killed process may take to vanish; one stuck in a driver never does, and nothing can be done about it. */
const LAST_WAIT_MS = 2000;

/**
 * Ends a child: SIGTERM, and SIGKILL if it has not ended `graceMs` later (0: SIGKILL at once).
 * Resolves when it is gone, or 2 s after SIGKILL. Waits in real time, since processes live in it.
 */
export async function endChild(child: ChildProcess | undefined, graceMs: number): Promise<void> {
  if (child?.pid === undefined || isOver(child)) return;
  if (graceMs > 0) {
    child.kill('SIGTERM');
    await exitWithin(child, graceMs);
  }
  if (!isOver(child)) {
    child.kill('SIGKILL');
    await exitWithin(child, LAST_WAIT_MS);
  }
  // Something the child started may still hold the pipes open.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function exitWithin(child: ChildProcess, ms: number): Promise<void> {
  await once(child, 'exit', { signal: AbortSignal.timeout(ms) }).catch(() => undefined);
}
