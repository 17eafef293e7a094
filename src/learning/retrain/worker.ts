/** The thread that a retraining runs in; see run-in-worker.ts. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { buffersOf } from './buffers.ts';
import { retrainHead } from './retrain-head.ts';
import type { RetrainJobData, RetrainMessage } from './run-in-worker.ts';

const post = (message: RetrainMessage, transfer: ArrayBuffer[] = []) =>
  parentPort?.postMessage(message, transfer);

/** Progress is told so often at most, in ms. */
const TELL_EVERY_MS = 200;

const data = workerData as RetrainJobData;

async function work({ input, options }: RetrainJobData): Promise<void> {
  let told = Number.NEGATIVE_INFINITY;
  const result = await retrainHead(input, options, {
    onProgress: (done, epoch) => {
      if (done < 1 && performance.now() - told < TELL_EVERY_MS) return;
      told = performance.now();
      post({ kind: 'progress', done, epoch });
    },
  });
  post({ kind: 'result', result }, buffersOf([result.candidate]));
}

// On Linux alone the priority of "this process" is the calling thread's (setpriority(2), "C library/kernel differences");
// elsewhere it would be the daemon's.
if (process.platform === 'linux') setPriority(data.niceness);

work(data).catch((error: unknown) => {
  const code = error instanceof SurfwatchError ? error.code : null;
  post({ kind: 'error', code, message: messageOf(error) });
});
