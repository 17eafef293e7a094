/** Leads a picture through the network once, from pixels to the vector and the scores of every cell. */
import { type Pixels, runInBands, type StageInput } from './bands.ts';
import type { CellEngine, CellHead, Cells } from './engine.ts';

/** Width and height of a picture that is read must be multiples of this: the network's largest stride. */
export const GRAIN = 32;
/** Width and height of a cell in pixels. */
export const CELL = 16;

/**
 * @param picture width and height are multiples of {@link GRAIN}
 * @param mostNumbers that a band may hold, for tests
 */
export async function readCells(
  engine: CellEngine,
  picture: Pixels,
  head: CellHead,
  mostNumbers?: number,
): Promise<Cells> {
  let input: StageInput = picture;
  for (const [index, stage] of engine.stages.slice(0, -1).entries()) {
    input = await runInBands(stage, input, band => engine.run(index, band), mostNumbers);
  }
  return engine.finish(input, head);
}
