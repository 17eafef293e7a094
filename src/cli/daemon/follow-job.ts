/** A retraining from its start to its end, as the training topic tells it. */
import { type Training, trainingSchema } from '../../messaging/learning-payloads.ts';
import type { Requester } from '../../messaging/request.ts';

export interface Following {
  /**
   * @param onProgress told of each update of the job
   * @returns the last update of the job, or `detached` where the signal aborts before
   * @throws SurfwatchError `daemon-silent`, `mqtt-*` where the daemon goes away first
   */
  outcomeOf(
    job: string,
    onProgress: (update: Training) => void,
    signal: AbortSignal,
  ): Promise<Training | 'detached'>;
}

const OVER: readonly Training['state'][] = ['done', 'held', 'failed', 'cancelled'];

/** To be called before the job is asked for: a short one may be over when its id comes back. */
export async function followJob(daemon: Requester): Promise<Following> {
  const updates: Training[] = [];
  let tell = (update: Training) => void updates.push(update);
  await daemon.watchTraining(payload => {
    const update = trainingSchema.safeParse(payload).data;
    if (update !== undefined) tell(update);
  });
  return {
    outcomeOf: (job, onProgress, signal) => {
      const over = new Promise<Training>(resolve => {
        tell = update => {
          if (update.job !== job) return;
          onProgress(update);
          if (OVER.includes(update.state)) resolve(update);
        };
        for (const update of updates) tell(update);
      });
      const detached = new Promise<'detached'>(resolve => {
        signal.addEventListener('abort', () => resolve('detached'));
        if (signal.aborted) resolve('detached');
      });
      const gone = daemon.gone.then(fault => {
        throw fault;
      });
      return Promise.race([over, detached, gone]);
    },
  };
}
