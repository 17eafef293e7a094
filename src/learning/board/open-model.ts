/** Loads backbone and head for a daemon that makes heads of its own: those are kept in the state folder. */
import type { Logger } from 'pino';
import { type BeachReader, type BeachReaderDeps, openBeachReader } from '../../activity/beach-reader.ts';
import type { HeadChoice, ModelOptions } from '../../activity/model.ts';
import type { Clock } from '../../base/clock.ts';
import { headFolders } from '../models/resolve.ts';
import { openModelStore } from '../models/store.ts';
import type { ModelStore } from '../models/types.ts';

export interface ModelDeps extends Pick<BeachReaderDeps, 'backbone' | 'detail' | 'inTurn'> {
  readonly models: Pick<ModelOptions, 'dir' | 'head'>;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Heads made on the board that are kept, to roll back to. */
const KEPT_HEADS = 5;

/** @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong` */
export async function openModel(
  deps: ModelDeps,
): Promise<{ readonly reader: BeachReader; readonly store: ModelStore }> {
  const { models, backbone: shared, detail, inTurn, clock, log } = deps;
  const folders = headFolders(deps);
  const opened: { store?: ModelStore } = {};
  const chooseHead: HeadChoice = async backbone => {
    const choice = { configured: models.head, backbone, keep: KEPT_HEADS };
    opened.store = await openModelStore({ folders, ...choice, clock, log });
    return opened.store.current();
  };
  const reader = await openBeachReader({ backbone: shared, chooseHead, detail, inTurn, clock });
  return { reader, store: opened.store as ModelStore };
}
