/** The probation of a head on disk, so that it goes on after a restart. */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import * as z from 'zod';
import { replaceFile } from '../../base/durable.ts';
import { codeOf } from '../../base/storage-error.ts';
import { messageOf } from '../../errors.ts';
import { reasonSchema } from '../../messaging/payload-parts.ts';
import type { ProbationState } from './probation.ts';

const amount = z.number().min(0);
const behaviourSchema = z
  .object({
    frames: amount,
    judgedMs: amount,
    flips: amount,
    contradictions: amount,
    uncertain: amount,
    confidence: amount,
  })
  // What changed while the daemon did not run is no flip.
  .transform(sums => ({ ...sums, last: null }));

const fileSchema = z.object({
  head: z.string(),
  baseline: behaviourSchema,
  trial: z.object({ lastedMs: amount, behaviour: behaviourSchema }).nullable(),
  verdict: z.union([z.enum(['watching', 'settled']), z.object({ rollback: reasonSchema })]),
});

/** @param monotonicMs now */
export async function saveProbation(
  path: string,
  head: string,
  { baseline, trial, verdict }: ProbationState,
  monotonicMs: number,
): Promise<void> {
  const kept = trial && { lastedMs: monotonicMs - trial.sinceMs, behaviour: trial.behaviour };
  await replaceFile(path, `${JSON.stringify({ head, baseline, trial: kept, verdict })}\n`);
}

/** @returns null where there is none, or where it is damaged, of which the log tells */
export async function readProbation(
  path: string,
  monotonicMs: number,
  log: Logger,
): Promise<{ readonly head: string; readonly state: ProbationState } | null> {
  try {
    const { head, baseline, trial, verdict } = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const resumed = trial && { sinceMs: monotonicMs - trial.lastedMs, behaviour: trial.behaviour };
    return { head, state: { baseline, trial: resumed, verdict } };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      log.warn({ path, reason: messageOf(error) }, 'the probation on disk is damaged: it starts again');
    return null;
  }
}
