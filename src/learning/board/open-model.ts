/** Loads backbone and head for a daemon that makes heads of its own: those are kept in the state folder. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Classifier, createClassifier, type ModelOptions } from '../../activity/classifier.ts';
import type { Clock } from '../../ops/clock.ts';
import type { DecodeLimits } from '../../vision/decode.ts';
import type { EngineOptions } from '../../vision/engines/create.ts';
import { openModelStore } from '../models/store.ts';
import type { ModelStore } from '../models/types.ts';

export interface ModelSetup {
  readonly models: ModelOptions;
  readonly vision: EngineOptions & DecodeLimits;
  readonly stateDir: string;
  /** Heads made on the board that are kept. */
  readonly keepHeads: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong` */
export async function openModel(
  setup: ModelSetup,
): Promise<{ readonly classifier: Classifier; readonly store: ModelStore }> {
  const { models, vision, stateDir, keepHeads: keep, clock, log } = setup;
  const folders = { shipped: shippedHeads(models), board: join(stateDir, 'models', 'heads') };
  const opened: { store?: ModelStore } = {};
  const classifier = await createClassifier(models, vision, log, async backbone => {
    opened.store = await openModelStore({ folders, configured: models.head, backbone, keep, clock, log });
    return opened.store.current();
  });
  return { classifier, store: opened.store as ModelStore };
}

/** The folder of heads that came with the program, or with `models.dir`. */
export function shippedHeads({ dir }: ModelOptions): string {
  return join(dir, 'heads');
}
