/** Waits in real time until `check` gives something true, and fails with `what` where it does not `withinMs`. */
export async function until<T>(
  check: () => T | Promise<T>,
  what = 'what was waited for',
  withinMs = 60_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
