/** Areas of clean and soiled pictures, as the daemon sees them. */
import sharp from 'sharp';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import type { CellEngine } from '../../src/vision/cells/engine.ts';
import { pyramidOf } from '../../src/vision/cells/pyramid.ts';
import { readCells } from '../../src/vision/cells/read-cells.ts';
import { type RawPicture, resizePicture } from '../../src/vision/decode.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { AREAS, areaVectors, SOILING_COLUMNS } from '../../src/vision/soiling.ts';

/** Sum over the colours from which a point counts as changed. */
const CHANGED = 36;
/** Share of an area that must have changed to call it soiled; what has less, but more than nothing, is left out. */
const SOILED = 0.08;

export interface LearningPicture {
  readonly picture: RawPicture;
  /** For one that is soiled: the same without the dirt. */
  readonly clean?: RawPicture;
}

export interface AreaReader {
  /** [areas, width] */
  vectorsOf(picture: RawPicture): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openAreaReader(backboneFolder: string): Promise<AreaReader> {
  const bundle = await loadBackboneBundle(backboneFolder);
  const { backbone } = await createBackbone(bundle, { engine: 'auto', threads: 0 }, undefined, 'frames');
  const width = bundle.manifest.cells?.width ?? 0;
  const head = {
    width,
    hidden: 1,
    outputs: 1,
    hiddenKernel: new Float32Array(width),
    hiddenBias: new Float32Array(1),
    outputKernel: new Float32Array(1),
    outputBias: new Float32Array(1),
  };
  return {
    async vectorsOf(picture) {
      const [size = picture] = pyramidOf(picture, (16 * SOILING_COLUMNS) / picture.width);
      return areaVectors(
        await readCells(backbone.cells as CellEngine, await resizePicture(picture, size), head),
        width,
      );
    },
    close: () => backbone.close(),
  };
}

/** What can be learnt from a picture: of what is soiled the areas with dirt alone. */
export async function areasOf(reader: AreaReader, { picture, clean }: LearningPicture) {
  // Through the eye of a camera: JPEG blocks are no dirt.
  const { rgb, width, height } = picture;
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
  const seen = { rgb: new Uint8Array(await sharp(jpeg).raw().toBuffer()), width, height };
  const vectors = await reader.vectorsOf(seen);
  const count = AREAS.columns * AREAS.rows;
  const size = vectors.length / count;
  return Array.from({ length: count }, (_, area) => area).flatMap(area => {
    const [w, h] = [1 / AREAS.columns, 1 / AREAS.rows];
    const rectangle = { x: (area % AREAS.columns) * w, y: Math.floor(area / AREAS.columns) * h, w, h };
    const changed = clean === undefined ? 0 : changedShare(picture, clean, rectangle);
    if (clean !== undefined && changed <= SOILED) return [];
    return [{ vector: vectors.slice(area * size, (area + 1) * size), soiled: clean !== undefined }];
  });
}

function changedShare(
  { rgb, width, height }: RawPicture,
  clean: RawPicture,
  { x, y, w, h }: { x: number; y: number; w: number; h: number },
): number {
  let [points, changed] = [0, 0];
  for (let row = Math.trunc(y * height); row < Math.min(height, (y + h) * height); row += 3) {
    for (let column = Math.trunc(x * width); column < Math.min(width, (x + w) * width); column += 3) {
      const at = 3 * (row * width + column);
      let difference = 0;
      for (let c = at; c < at + 3; c++) difference += Math.abs((rgb[c] as number) - (clean.rgb[c] as number));
      points++;
      if (difference > CHANGED) changed++;
    }
  }
  return changed / points;
}
