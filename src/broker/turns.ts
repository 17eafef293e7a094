/** Lets a few pieces of work run at a time, and the others wait for their turn, in order. */

/** Called with what ends the turn. */
type Work = (end: () => void) => void;

/**
 * A function that takes a piece of work, and returns false where too many wait already: it is never called then.
 *
 * @param atOnce how many may run at a time
 * @param maxWaiting how many may wait
 */
export function turns(atOnce: number, maxWaiting: number): (work: Work) => boolean {
  let waiting: Work[] = [];
  /** Index in `waiting` of whose turn is next: taking the first out of a long array costs its length. */
  let next = 0;
  let running = 0;

  function start(work: Work): void {
    running += 1;
    let ended = false;
    work(() => {
      if (ended) return;
      ended = true;
      running -= 1;
      // Not at once: thousands that end in a row would end on each other's stack.
      if (next < waiting.length) setImmediate(goOn);
    });
  }

  function goOn(): void {
    while (running < atOnce) {
      const work = waiting[next];
      if (work === undefined) break;
      next += 1;
      start(work);
    }
    if (next < waiting.length && next < 1_000) return;
    waiting = waiting.slice(next);
    next = 0;
  }

  return work => {
    if (waiting.length - next >= maxWaiting) return false;
    if (running < atOnce && waiting.length === 0) start(work);
    else waiting.push(work);
    return true;
  };
}
