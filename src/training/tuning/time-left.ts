/** Estimates how long a phase still takes, from how fast it has gone since it was begun or taken up again. */

/** @returns a function of what is done and what there is in all, giving seconds, or null until it can be told */
export function timeLeft(now: () => number = () => performance.now()) {
  let first: { readonly at: number; readonly done: number } | undefined;
  return (done: number, total: number): number | null => {
    const at = now();
    first ??= { at, done };
    if (done === first.done) return null;
    return ((at - first.at) / 1000 / (done - first.done)) * Math.max(0, total - done);
  };
}
