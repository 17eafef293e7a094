/** What the parts of a training of a head for riders share: the job, the phases, the pictures, the backbone's cells. */
import { availableParallelism } from 'node:os';
import { SurfwatchError } from '../../errors.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { CellEngine } from '../../vision/cells/engine.ts';
import { createBackbone } from '../../vision/engines/create.ts';
import type { PhaseHooks, Phases } from '../phases.ts';
import { stocksOf } from './crops/stock.ts';
import type { Material } from './data/material.ts';
import type { openPictures } from './data/pictures.ts';
import type { RidersJob } from './describe.ts';
import { gatherCells } from './fit/gather.ts';
import type { CellRows } from './fit/rows.ts';
import type { Outputs } from './outputs.ts';

export type RidersPhase = 'checking' | 'cells' | 'folds' | 'judging' | 'fitting';

export interface Work {
  readonly job: RidersJob;
  readonly outputs: Outputs;
  readonly hooks: PhaseHooks<RidersPhase>;
  readonly phases: Phases<RidersPhase>;
  /** A picture cannot be read, and is left out. */
  readonly onSkip: (path: string, reason: unknown) => void;
  readonly pictures: ReturnType<typeof openPictures>;
}

/** The cells of frames by a backbone. */
export interface CellReader {
  readonly engine: CellEngine;
  /** Numbers of a cell. */
  readonly width: number;
  /** Engine and version. */
  readonly runtime: string;
}

/** @throws SurfwatchError `training-impossible` where the backbone has no cells, `engine-unavailable` */
export async function withCells<T>(
  bundle: BackboneBundle,
  work: (reader: CellReader) => Promise<T>,
): Promise<T> {
  const { cells, id } = bundle.manifest;
  if (cells === undefined) {
    throw impossible(
      `backbone ${id} has no projection for the cells of a frame: it can tell photos apart, not find riders`,
    );
  }
  const options = { engine: 'auto', threads: availableParallelism() } as const;
  const { backbone } = await createBackbone(bundle, options, undefined, 'frames');
  try {
    const { runtime } = backbone;
    return await work({ engine: backbone.cells as CellEngine, width: cells.width, runtime });
  } finally {
    await backbone.close();
  }
}

/**
 * Rows to fit to.
 *
 * @param foldOf fold of each picture
 */
export function gather(
  { job, outputs, hooks, phases, onSkip, pictures }: Work,
  { engine, width }: CellReader,
  material: readonly Material[],
  foldOf: readonly number[],
): Promise<CellRows> {
  const sources = { material, stocks: stocksOf(material, foldOf), pictures, outputs };
  return phases.run('cells', async () => {
    const rows = await gatherCells(engine, width, sources, job, { onProgress: hooks.onProgress, onSkip });
    if (rows.count === 0) throw impossible(NO_RIDER);
    return rows;
  });
}

export const NO_RIDER = 'there is no frame with a box around a rider, and no photo of one';

export function impossible(text: string): SurfwatchError {
  return new SurfwatchError('training-impossible', text);
}
