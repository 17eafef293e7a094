/** Chooses the engine. */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { messageOf, SurfwatchError } from '../../errors.ts';
import {
  type Backbone,
  type BackboneUse,
  checkGolden,
  ENGINES,
  type EngineName,
  type Precision,
} from '../backbone.ts';
import type { BackboneBundle } from '../bundle.ts';
import { createOnnxBackbone } from './onnx.ts';
import { chosenBy, describeTrial, keepTrial, keptTrial, subjectOf, tryBoth } from './precision.ts';
import { createTfjsBackbone } from './tfjs.ts';

export interface EngineOptions {
  /** `auto` takes the first of {@link ENGINES} that loads, fastest first. */
  readonly engine: 'auto' | EngineName;
  /** Threads of one inference (engine onnx); 0 takes one a core, four at the most. */
  readonly threads: number;
  /**
   * Of the pass over frames (engine onnx). `auto` tries both where it can keep what it found, else it is `fp32`: answers of
   * commands must not depend on the machine.
   */
  readonly precision?: 'auto' | Precision;
  /** Where a trial is kept. */
  readonly stateDir?: string;
}

export interface ChosenBackbone {
  readonly backbone: Backbone;
  /** Why this engine, for the log and `info`. */
  readonly why: string;
}

/**
 * Loads the engine asked for and tries it on the golden vector.
 *
 * @throws SurfwatchError `engine-unavailable`, `engine-wrong`; with `auto` only when no engine is left
 */
export async function createBackbone(
  bundle: BackboneBundle,
  options: EngineOptions,
  log?: Logger,
  use: BackboneUse = 'photos',
): Promise<ChosenBackbone> {
  if (options.precision === 'int8' && bundle.manifest.ranges === undefined) {
    // Another engine would not help.
    const what = `backbone ${bundle.manifest.id} has no ranges to compute in int8 by`;
    throw new SurfwatchError('engine-unavailable', what);
  }
  if (options.engine !== 'auto') {
    const { backbone, precisely } = await open(bundle, options.engine, options, use, log);
    return { backbone, why: `set in the config${precisely}` };
  }
  const failures: string[] = [];
  for (const engine of ENGINES) {
    try {
      const { backbone, precisely } = await open(bundle, engine, options, use, log);
      const why =
        failures.length === 0 ? 'auto: the fastest' : `auto: the fastest that loads (${failures.join('; ')})`;
      return { backbone, why: `${why}${precisely}` };
    } catch (error) {
      failures.push(messageOf(error));
      log?.warn({ err: error }, `engine ${engine} is not used`);
    }
  }
  throw new SurfwatchError('engine-unavailable', `no engine loads: ${failures.join('; ')}`);
}

async function open(
  bundle: BackboneBundle,
  engine: EngineName,
  options: EngineOptions,
  use: BackboneUse,
  log?: Logger,
): Promise<{ readonly backbone: Backbone; readonly precisely: string }> {
  const { backbone, precisely } =
    engine === 'onnx'
      ? await openOnnx(bundle, options, use, log)
      : { backbone: await createTfjsBackbone(bundle, engine), precisely: '' };
  try {
    await checkGolden(backbone, use);
  } catch (error) {
    await backbone.close();
    throw error;
  }
  return { backbone, precisely };
}

async function openOnnx(
  bundle: BackboneBundle,
  { threads: wanted, precision = 'fp32', stateDir }: EngineOptions,
  use: BackboneUse,
  log?: Logger,
): Promise<{ readonly backbone: Backbone; readonly precisely: string }> {
  const threads = threadsOf(wanted);
  const openIn = (chosen: Precision) => createOnnxBackbone(bundle, threads, chosen);
  if (use === 'photos') return { backbone: await openIn('fp32'), precisely: '' };
  if (precision !== 'auto') return { backbone: await openIn(precision), precisely: '' };
  const { cells, ranges } = bundle.manifest;
  const fp32 = await openIn('fp32');
  if (stateDir === undefined || cells === undefined || ranges === undefined) {
    return { backbone: fp32, precisely: '' };
  }
  const of = subjectOf(fp32, threads);
  let trial = await keptTrial(of, stateDir, log);
  if (trial !== null && chosenBy(trial) === 'fp32')
    return { backbone: fp32, precisely: `; ${describeTrial(trial)}` };
  const int8 = await openIn('int8');
  if (trial === null) {
    try {
      trial = await tryBoth(fp32, int8);
    } catch (error) {
      log?.warn({ err: error }, 'int8 is not used');
      await int8.close();
      return { backbone: fp32, precisely: '' };
    }
    await keepTrial(of, trial, stateDir, log);
  }
  const [backbone, other] = chosenBy(trial) === 'int8' ? [int8, fp32] : [fp32, int8];
  await other.close();
  return { backbone, precisely: `; ${describeTrial(trial)}` };
}

/** More bring little: the first layers wait for memory. */
const MOST_THREADS = 4;

function threadsOf(threads: number): number {
  return threads === 0 ? Math.min(MOST_THREADS, availableParallelism()) : threads;
}
