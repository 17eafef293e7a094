/** Retrains in a thread of its own, so that frames go on being classified. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { type ErrorCode, messageOf, SurfwatchError } from '../../errors.ts';
import { buffersOf } from './buffers.ts';
import type { RetrainJobOptions } from './retrain-head.ts';
import type { RetrainHooks, RetrainInput, RetrainResult } from './types.ts';

export interface RetrainThread {
  /** Folder of the bundled thread, where it is not that of this module. */
  readonly programs?: string | undefined;
  /** As nice(1) has it, on Linux only; by default {@link NICENESS}. */
  readonly niceness?: number | undefined;
}

export interface RetrainJobData {
  readonly input: RetrainInput;
  readonly options: RetrainJobOptions;
  readonly niceness: number;
}

export type RetrainMessage =
  | {
      readonly kind: 'progress';
      readonly done: number;
      readonly epoch: { readonly epoch: number; readonly loss: number } | null;
    }
  | { readonly kind: 'result'; readonly result: RetrainResult }
  | { readonly kind: 'error'; readonly code: ErrorCode | null; readonly message: string };

export interface RetrainJob {
  /**
   * @throws SurfwatchError `retrain-failed`, `retrain-cancelled`, and what {@link retrainHead} throws
   */
  readonly result: Promise<RetrainResult>;
  /** Ends the thread at once; `result` is rejected with `retrain-cancelled`. */
  cancel(): void;
}

/** Frames come first. With the lowest priority (19) it would hardly ever end on a board whose processor is busy. */
const NICENESS = 10;
/** Limit for the thread's JavaScript objects, in MB; embeddings and weights are not among them. */
const HEAP_MB = 96;

/**
 * Starts a thread that ends, and gives its memory back, with the job.
 *
 * @param input its embeddings (base, board, unlabelled) are moved to the thread, not copied: the caller's arrays are empty
 *   afterwards, so they must be of this job alone. The heads are copied.
 */
export function startRetrainJob(
  input: RetrainInput,
  options: RetrainJobOptions,
  hooks: RetrainHooks = {},
  { programs, niceness = NICENESS }: RetrainThread = {},
): RetrainJob {
  const data: RetrainJobData = { input, options, niceness };
  const thread: WorkerOptions = {
    workerData: data,
    transferList: buffersOf([
      input.base?.set.embeddings,
      input.base?.found?.embeddings,
      [...input.board, ...(input.unlabelled ?? [])].map(({ embeddings }) => embeddings),
    ]),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  };
  const worker = startThread(thread, programs);
  let end: (error: SurfwatchError) => void = () => undefined;
  const result = new Promise<RetrainResult>((resolve, reject) => {
    end = reject;
    worker.on('message', (message: RetrainMessage) => {
      if (message.kind === 'progress') hooks.onProgress?.(message.done, message.epoch);
      else if (message.kind === 'result') resolve(message.result);
      else reject(new SurfwatchError(message.code ?? 'retrain-failed', message.message));
    });
    worker.on('error', error =>
      reject(new SurfwatchError('retrain-failed', messageOf(error), { cause: error })),
    );
    worker.on('exit', code =>
      reject(new SurfwatchError('retrain-failed', `its thread ended with code ${code}`)),
    );
  });
  return {
    result,
    cancel: () => {
      end(new SurfwatchError('retrain-cancelled', 'the retraining was cancelled'));
      void worker.terminate();
    },
  };
}

/** worker.js; where this is run from its sources and it is in no folder that was given, worker.ts by way of tsx. */
function startThread(options: WorkerOptions, programs: string | undefined): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const folder = programs ?? (isSource ? undefined : import.meta.dirname);
  if (folder !== undefined) return new Worker(join(folder, 'worker.js'), options);
  // A thread of Node.js 20 knows no TypeScript, does not learn it by `--import tsx` (privatenumber/tsx#354), and inherits
  // nothing of what a test runner knows.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const api = new URL('./esm/api/index.mjs', tsx).href;
  const entry = new URL('./worker.ts', import.meta.url).href;
  const code = `import('${api}').then(({ register }) => { register(); return import('${entry}'); })`;
  return new Worker(code, { ...options, eval: true });
}
