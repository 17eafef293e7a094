/** Loads backbone and head for a daemon that makes heads of its own: those are kept in the state folder. */
import type { Logger } from 'pino';
import { type BeachReader, createBeachReader } from '../../activity/beach-reader.ts';
import type { HeadChoice, ModelOptions } from '../../activity/model.ts';
import type { Clock } from '../../base/clock.ts';
import type { DetailChooser } from '../../vision/cells/detail.ts';
import type { EngineOptions } from '../../vision/engines/create.ts';
import { headFolders } from '../models/resolve.ts';
import { openModelStore } from '../models/store.ts';
import type { ModelStore } from '../models/types.ts';

export interface ModelDeps {
  readonly models: Pick<ModelOptions, 'dir' | 'backbone' | 'head'>;
  readonly vision: EngineOptions;
  /** How finely frames are read. */
  readonly detail: DetailChooser;
  readonly stateDir: string;
  /** Heads made on the board that are kept. */
  readonly keepHeads: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong` */
export async function openModel(
  deps: ModelDeps,
): Promise<{ readonly reader: BeachReader; readonly store: ModelStore }> {
  const { models, detail, stateDir, keepHeads: keep, clock, log } = deps;
  const vision = { ...deps.vision, stateDir };
  const folders = headFolders(deps);
  const opened: { store?: ModelStore } = {};
  const chooseHead: HeadChoice = async backbone => {
    opened.store = await openModelStore({ folders, configured: models.head, backbone, keep, clock, log });
    return opened.store.current();
  };
  const reader = await createBeachReader(models, vision, detail, log, chooseHead, clock);
  return { reader, store: opened.store as ModelStore };
}
