/** Tiles of clean and soiled pictures, as the daemon cuts them. */
import { basename, dirname } from 'node:path';
import sharp from 'sharp';
import { createClassifier } from '../../src/activity/classifier.ts';
import type { RawPicture } from '../../src/vision/decode.ts';

const ZONE = { name: 'beach', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 4, rows: 3, overlap: 0.1 } };
/** Sum over the colours from which a point counts as changed. */
const CHANGED = 36;
/** Share of a tile that must have changed to call it soiled; what has less, but more than nothing, is left out. */
const SOILED = 0.08;

export interface LearningPicture {
  readonly picture: RawPicture;
  /** Of what is soiled: the same without the dirt. */
  readonly clean?: RawPicture;
}

export async function createEmbedder(backbone: string) {
  const models = { dir: dirname(dirname(backbone)), backbone: basename(backbone), head: 'current' };
  const limits = { maxBytes: 50e6, maxPixels: 50e6 };
  const classifier = await createClassifier(models, { engine: 'auto', threads: 0, ...limits });
  return {
    close: () => classifier.close(),
    async tilesOf({ picture, clean }: LearningPicture) {
      const { rgb, width, height } = picture;
      const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer();
      const { embeddings, tiles } = await classifier.classify(jpeg, [ZONE]);
      const size = embeddings.length / tiles.length;
      return tiles.flatMap(({ rectangle }, tile) => {
        const changed = clean === undefined ? 0 : changedShare(picture, clean, rectangle);
        if (clean !== undefined && changed <= SOILED) return [];
        return [{ embedding: embeddings.slice(tile * size, (tile + 1) * size), soiled: clean !== undefined }];
      });
    },
  };
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
