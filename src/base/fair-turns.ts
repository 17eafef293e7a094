/** Lets several users take turns at what only one can use at a time: none is served twice while another waits. */

/**
 * Runs a piece of work when it is its user's turn, and resolves or rejects as it does.
 *
 * @param signal rejects with its reason where it aborts before the work began
 */
export type InTurn = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** @returns a function that adds one more user */
export function fairTurns(): () => InTurn {
  /** What each user waits with; the user who was served last comes last. */
  const users: (() => Promise<void>)[][] = [];
  let isBusy = false;

  function goOn(): void {
    const user = users.find(({ length }) => length > 0);
    const work = isBusy ? undefined : user?.shift();
    if (user === undefined || work === undefined) return;
    users.push(...users.splice(users.indexOf(user), 1));
    isBusy = true;
    void work().then(() => {
      isBusy = false;
      goOn();
    });
  }

  return () => {
    const waiting: (() => Promise<void>)[] = [];
    users.push(waiting);
    return (work, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const giveUp = () => {
          waiting.splice(waiting.indexOf(task), 1);
          reject(signal?.reason);
        };
        const task = async () => {
          signal?.removeEventListener('abort', giveUp);
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          }
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        waiting.push(task);
        goOn();
      });
  };
}
