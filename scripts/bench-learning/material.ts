/** What the bench learns from: the training samples of every source, and every picture as the board would see it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type BoxedRider, listFrames } from '../../src/learning/data/dataset.ts';
import { labelsInOrder } from '../../src/learning/data/labels.ts';
import { asCached, cacheKey, type EmbeddingCache, openCache } from '../../src/learning/embedding/cache.ts';
import { embedSources } from '../../src/learning/embedding/embed-sources.ts';
import { type EmbeddedSet, selectRows } from '../../src/learning/embedding/sample.ts';
import type { TrainingPicture } from '../../src/learning/embedding/source.ts';
import { activitiesIn } from '../../src/learning/embedding/tile-choice.ts';
import { RECIPES } from '../../src/learning/fit/recipes.ts';
import { checkedSources } from '../../src/learning/train.ts';
import { ahead } from '../../src/ops/ahead.ts';
import type { Backbone } from '../../src/vision/backbone.ts';
import { type BackboneManifest, loadBackboneBundle } from '../../src/vision/bundle.ts';
import { readTiles } from '../../src/vision/decode.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { type BoardPicture, CAMERA_ZONES, PHOTO_ZONES } from './board-picture.ts';

export interface Material {
  readonly activities: readonly string[];
  readonly backbone: BackboneManifest;
  /** The recipe's views, of the changed ones the first {@link CHANGED}. */
  readonly set: EmbeddedSet;
  readonly dataSha256: string;
  /** In the order of their files, which is the order of time for a camera. */
  readonly pictures: readonly BoardPicture[];
}

/** Of the seeds tried, the one whose embeddings are the same as those of `measure-recipes --seeds 38`. */
const SEED = 38;
/** Changed views a photo that the base head is fitted to: fewer than the recipe's, as one is fitted for every site. */
const CHANGED = 2;
const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };

/** @param cache folder of kept embeddings */
export async function readMaterial(
  folders: readonly string[],
  backboneFolder: string,
  cache: string,
  onProgress: (text: string, done: number) => void,
): Promise<Material> {
  const bundle = await loadBackboneBundle(backboneFolder);
  const { sources } = await checkedSources(folders, { onProgress: done => onProgress('checking', done) });
  const activities = labelsInOrder(sources.flatMap(source => source.activities));
  const { backbone } = await createBackbone(bundle, { engine: 'auto', threads: availableParallelism() });
  const total = sources.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const kept = openCache(join(cache, 'embeddings'));
  const { changed, middle, tiles } = RECIPES.robust;
  let read = 0;
  try {
    const { set, dataSha256 } = await embedSources(
      backbone,
      sources,
      { activities, input: bundle.manifest.input.size, changed, middle, tiles, seed: SEED, cache: kept },
      { onSkip: () => undefined, onRead: () => onProgress('reading', ++read / total) },
    );
    const pictures: BoardPicture[] = [];
    let seen = 0;
    for (const source of sources) {
      const riders = source.kind === 'frames' ? await ridersOf(source.directory) : null;
      const views = ahead(source.pictures, 2, picture =>
        boardViews(backbone, kept, picture, riders?.get(picture.path) ?? null),
      );
      for await (const found of views) {
        pictures.push(...found.map(view => ({ ...view, source: source.name })));
        onProgress('as the board sees them', ++seen / total);
      }
    }
    return { activities, backbone: bundle.manifest, set: withFewerViews(set), dataSha256, pictures };
  } finally {
    await backbone.close();
  }
}

function withFewerViews(set: EmbeddedSet): EmbeddedSet {
  const seen = new Map<string, number>();
  return selectRows(set, ({ file, part, augmented }) => {
    if (!augmented) return true;
    // A tile in another light is left out: there are many tiles.
    if (part !== '') return false;
    const count = (seen.get(file) ?? 0) + 1;
    seen.set(file, count);
    return count <= CHANGED;
  });
}

async function ridersOf(directory: string): Promise<Map<string, readonly BoxedRider[]>> {
  return new Map((await listFrames(directory)).map(({ path, riders }) => [path, riders]));
}

/** A photo is one picture; a camera's frame is one a zone. */
async function boardViews(
  backbone: Backbone,
  cache: EmbeddingCache,
  { path, group, shows }: TrainingPicture,
  riders: readonly BoxedRider[] | null,
): Promise<Omit<BoardPicture, 'source'>[]> {
  const bytes = await readFile(path);
  const zones = riders === null ? PHOTO_ZONES : CAMERA_ZONES;
  const { input, width, weights } = backbone.manifest;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = cacheKey(['board', weights.sha256, sha256, JSON.stringify(zones)]);
  const picture = await readTiles(bytes, zones, input.size, LIMITS);
  let embeddings = (await cache.read(key))?.embeddings;
  if (embeddings === undefined) {
    embeddings = asCached(await backbone.embed(picture.pixels, picture.tiles.length));
    const views = picture.tiles.map(({ zone, rectangle }) => ({
      part: zone,
      rectangle,
      activities: [],
      augmented: false,
    }));
    await cache.write(key, { views, embeddings });
  }
  const all = embeddings;
  return zones.flatMap(zone => {
    const labels = riders === null ? shows : activitiesIn(zone, riders, picture);
    // A rider is cut by the zone's edge: nobody could say whether it is in it.
    if (labels === null) return [];
    const rows = picture.tiles.flatMap((tile, row) => (tile.zone === zone.name ? [row] : []));
    const own = new Float32Array(rows.length * width);
    for (const [to, row] of rows.entries()) own.set(all.subarray(row * width, (row + 1) * width), to * width);
    const id = riders === null ? basename(path) : `${basename(path)}/${zone.name}`;
    return [
      {
        id,
        group,
        labels,
        tiles: rows.map(row => picture.tiles[row] as BoardPicture['tiles'][number]),
        embeddings: own,
      },
    ];
  });
}
