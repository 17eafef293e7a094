/** Looks often at first, then after a twentieth of what was waited: a look may ask a server, and what is waited for needs the cores itself. */
const SOONEST_MS = 5;
const LATEST_MS = 100;

/** Waits in real time until `check` gives something true, and fails with `what` where it does not `withinMs`. */
export async function until<T>(
  check: () => T | Promise<T>,
  what = 'what was waited for',
  withinMs = 120_000,
): Promise<NonNullable<T>> {
  const start = performance.now();
  for (;;) {
    const value = await check();
    if (value) return value;
    const waitedMs = performance.now() - start;
    if (waitedMs > withinMs) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    const pauseMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, waitedMs / 20));
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
}
