/** Runs `task` on up to `count` items at a time, begun and returned in order. */
export async function* ahead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  count: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const item of items) {
    const result = task(item);
    // Its failure is met where its turn comes; until then nobody waits for it.
    result.catch(() => undefined);
    running.push(result);
    if (running.length >= count) yield running.shift() as Promise<R>;
  }
  for (const result of running) yield result;
}
