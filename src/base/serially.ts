/** Runs tasks one after the other, in the order in which they were given. */
export type Serially = <T>(task: () => Promise<T>) => Promise<T>;

/** A task that fails does not keep the next from running. */
export function serially(): Serially {
  let last: Promise<unknown> = Promise.resolve();
  return task => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
