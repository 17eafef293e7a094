/** Looks often at first, then less: a look may ask a server, and what is waited for needs the cores itself. */
const SOONEST_MS = 5;
const LATEST_MS = 25;

/** Waits in real time until `check` gives something true, and fails with `what` where it does not `withinMs`. */
export async function until<T>(
  check: () => T | Promise<T>,
  what = 'what was waited for',
  withinMs = 120_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + withinMs;
  for (let pauseMs = SOONEST_MS; ; pauseMs = Math.min(LATEST_MS, pauseMs + 1)) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
}
