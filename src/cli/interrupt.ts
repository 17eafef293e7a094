/** Ctrl-C, for work that can stop in good order. */

/**
 * A signal that aborts at the first SIGINT or SIGTERM, with a word on stderr; a second one ends the process as usual.
 * `release` gives them back.
 */
export function untilInterrupted(message: string): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  const stop = () => {
    release();
    console.error(message);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { signal: controller.signal, release };
}
