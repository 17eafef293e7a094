/** Chooses between float32 and eight bits for the pass over frames: both are tried once on a machine. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import { readStateFile, type StateFile, writeStateFile } from '../../base/state-file.ts';
import { type Backbone, goldenCells, type Precision } from '../backbone.ts';
import type { CellEngine } from '../cells/engine.ts';

const trialSchema = z.object({
  /** Fastest run, in milliseconds. */
  fp32Ms: z.number().positive(),
  int8Ms: z.number().positive(),
  /** Cosine of the cells' vectors, all together. */
  agreement: z.number().min(-1).max(1),
});

/** What was found when both read the drawn pattern. */
export type PrecisionTrial = z.infer<typeof trialSchema>;

/** Eight bits that agree less are wrong: a broken kernel, or ranges of another backbone. */
const LEAST_AGREEMENT = 0.98;
/** Share of the time in float32 that eight bits may take: they cost a little accuracy, so they must be worth it. */
const MOST_TIME = 0.9;
const RUNS = 3;

/** What a trial speaks for. */
export function chosenBy({ fp32Ms, int8Ms, agreement }: PrecisionTrial): Precision {
  return agreement >= LEAST_AGREEMENT && int8Ms <= MOST_TIME * fp32Ms ? 'int8' : 'fp32';
}

export function describeTrial({ fp32Ms, int8Ms, agreement }: PrecisionTrial): string {
  const share = Math.round((100 * int8Ms) / fp32Ms);
  return `int8 takes ${share} % of the time of fp32 and agrees by ${agreement.toFixed(4)}`;
}

const fileSchema = trialSchema.extend({ of: z.string() });

/** The file a trial is kept in, so that it is made once. */
export function trialFile(stateDir: string): StateFile<z.infer<typeof fileSchema>> {
  return { path: join(stateDir, 'precision.json'), version: 1, schema: fileSchema };
}

/** The trial of a machine as it is kept in `stateDir`; null where none is, or it was of something else. */
export async function keptTrial(of: string, stateDir: string, log?: Logger): Promise<PrecisionTrial | null> {
  const { value, damage } = await readStateFile(trialFile(stateDir), Date.now());
  if (damage !== null) log?.warn(`fp32 and int8 are tried again: ${damage}`);
  return value?.of === of ? value : null;
}

/** Never rejects: without the file it is tried again at the next start. */
export async function keepTrial(
  of: string,
  trial: PrecisionTrial,
  stateDir: string,
  log?: Logger,
): Promise<void> {
  log?.info({ ...trial, of }, describeTrial(trial));
  await writeStateFile(trialFile(stateDir), { of, ...trial }).catch((error: unknown) =>
    log?.warn({ err: error }, 'the trial of fp32 and int8 is not kept'),
  );
}

/** What a trial is of: nothing of it holds with another backbone, runtime or processor. */
export function subjectOf({ manifest, runtime }: Backbone, threads: number): string {
  return [manifest.id, runtime, `${threads} threads`, cpus()[0]?.model].join(', ');
}

/** Both in turns, so that a busy moment meets both. */
export async function tryBoth(fp32: Backbone, int8: Backbone): Promise<PrecisionTrial> {
  const read = ({ cells, manifest }: Backbone) =>
    goldenCells(cells as CellEngine, manifest.input.size, manifest.cells?.width ?? 0);
  // The first runs also open the sessions.
  const agreement = cosine(await read(fp32), await read(int8));
  const times = [fp32, int8].map(backbone => ({ backbone, ms: Number.POSITIVE_INFINITY }));
  for (let run = 0; run < RUNS; run++) {
    for (const each of times) {
      const startMs = performance.now();
      await read(each.backbone);
      each.ms = Math.min(each.ms, performance.now() - startMs);
    }
  }
  const [fp32Ms, int8Ms] = times.map(({ ms }) => Number(ms.toFixed(2))) as [number, number];
  return { fp32Ms, int8Ms, agreement };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index] as number, b[index] as number];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
