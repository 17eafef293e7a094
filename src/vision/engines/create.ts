/** Chooses the engine. */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { type Backbone, type BackboneUse, checkGolden, ENGINES, type EngineName } from '../backbone.ts';
import type { BackboneBundle } from '../bundle.ts';
import { createOnnxBackbone } from './onnx.ts';
import { createTfjsBackbone } from './tfjs.ts';

export interface EngineOptions {
  /** `auto` takes the first of {@link ENGINES} that loads, fastest first. */
  readonly engine: 'auto' | EngineName;
  /** Threads of one inference (engine onnx); 0 takes one a core, four at the most. */
  readonly threads: number;
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
  if (options.engine !== 'auto') {
    return { backbone: await open(bundle, options.engine, options.threads, use), why: 'set in the config' };
  }
  const failures: string[] = [];
  for (const engine of ENGINES) {
    try {
      const backbone = await open(bundle, engine, options.threads, use);
      const why =
        failures.length === 0 ? 'auto: the fastest' : `auto: the fastest that loads (${failures.join('; ')})`;
      return { backbone, why };
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
  threads: number,
  use: BackboneUse,
): Promise<Backbone> {
  const backbone =
    engine === 'onnx'
      ? await createOnnxBackbone(bundle, threadsOf(threads))
      : await createTfjsBackbone(bundle, engine);
  try {
    await checkGolden(backbone, use);
  } catch (error) {
    await backbone.close();
    throw error;
  }
  return backbone;
}

/** More bring little: the first layers wait for memory. */
const MOST_THREADS = 4;

function threadsOf(threads: number): number {
  return threads === 0 ? Math.min(MOST_THREADS, availableParallelism()) : threads;
}
