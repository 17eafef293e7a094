/** Embeds every view of every source, from the cache where it is there. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { labelVector } from '../../base/activities.ts';
import { ahead } from '../../base/ahead.ts';
import { createRandom } from '../../base/random.ts';
import { messageOf } from '../../errors.ts';
import type { EmbeddedSet, Sample } from '../../learning/fit/sample.ts';
import type { Backbone } from '../../vision/backbone.ts';
import { asCached, cacheKey, type EmbeddedViews, type EmbeddingCache } from './cache.ts';
import type { TrainingPicture, TrainingSource, ViewOptions } from './source.ts';
import type { SampleView, View, ViewLabel } from './view.ts';

export interface EmbedOptions extends ViewOptions {
  readonly activities: readonly string[];
  readonly seed: number;
  readonly cache: EmbeddingCache | null;
}

export interface EmbedHooks {
  /** A file that was left out, and why. */
  readonly onSkip: (file: string, reason: string) => void;
  /** A file was read. */
  readonly onRead: () => void;
}

export interface EmbeddedSources {
  readonly set: EmbeddedSet;
  /** SHA-256 of labels, groups and the bytes of all pictures. */
  readonly dataSha256: string;
  /** Pictures whose embeddings came from the cache. */
  readonly cached: number;
}

/** Raised with any change of how views are drawn, lest old ones are taken from the cache. */
const VIEWS_VERSION = '2';

/** Pictures in work at the same time: sharp draws the next while the backbone computes. */
const AHEAD = 3;

export async function embedSources(
  backbone: Backbone,
  sources: readonly TrainingSource[],
  options: EmbedOptions,
  hooks: EmbedHooks,
): Promise<EmbeddedSources> {
  const { width, weights } = backbone.manifest;
  const samples: Sample[] = [];
  const chunks: Float32Array[] = [];
  const hash = createHash('sha256');
  let cached = 0;
  for (const source of sources) {
    const prepared = ahead(source.pictures, AHEAD, picture =>
      prepare(picture, options, hooks, weights.sha256),
    );
    for await (const item of prepared) {
      if (item === null) continue;
      if ('kept' in item) cached += 1;
      const entry = 'kept' in item ? item.kept : await embedNow(backbone, item.views);
      if (!('kept' in item)) await options.cache?.write(item.key, entry);
      hash.update(`${item.sha256} ${item.picture.group} ${item.picture.activities}\n`);
      samples.push(...entry.views.map(view => sampleOf(item.picture, source, view, options.activities)));
      chunks.push(entry.embeddings);
    }
  }
  const set = { samples, embeddings: joined(chunks, samples.length * width), width };
  return { set, dataSha256: hash.digest('hex'), cached };
}

/** The same views with their pixels, for what learns from more than embeddings. */
export async function* sampleViews(
  sources: readonly TrainingSource[],
  options: EmbedOptions,
  hooks: EmbedHooks,
): AsyncGenerator<SampleView> {
  for (const source of sources) {
    const prepared = ahead(source.pictures, AHEAD, picture =>
      prepare(picture, { ...options, cache: null }, hooks, ''),
    );
    for await (const item of prepared) {
      if (item === null || 'kept' in item) continue;
      for (const view of item.views)
        yield {
          sample: sampleOf(item.picture, source, labelOf(view), options.activities),
          pixels: view.pixels,
        };
    }
  }
}

type Prepared = { readonly picture: TrainingPicture; readonly sha256: string; readonly key: string } & (
  | { readonly kept: EmbeddedViews }
  | { readonly views: readonly View[] }
);

async function prepare(
  picture: TrainingPicture,
  options: EmbedOptions,
  hooks: EmbedHooks,
  backboneSha256: string,
): Promise<Prepared | null> {
  try {
    const bytes = await readFile(picture.path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { input, changed, middle, seed } = options;
    const views = JSON.stringify({ input, changed, middle, seed });
    const key = cacheKey([VIEWS_VERSION, backboneSha256, sha256, views]);
    const kept = await options.cache?.read(key);
    if (kept) return { picture, sha256, key, kept: relabelled(kept, picture) };
    // Seeded by the picture, so that its views don't depend on the others'.
    const random = createRandom(Number.parseInt(sha256.slice(0, 8), 16) ^ seed);
    return { picture, sha256, key, views: await picture.views(bytes, options, random) };
  } catch (error) {
    hooks.onSkip(picture.path, messageOf(error).split('\n')[0] as string);
    return null;
  } finally {
    hooks.onRead();
  }
}

/** A photo whose label was changed looks the same as before. */
function relabelled(entry: EmbeddedViews, { activities }: TrainingPicture): EmbeddedViews {
  return { ...entry, views: entry.views.map(view => ({ ...view, activities })) };
}

async function embedNow(backbone: Backbone, views: readonly View[]): Promise<EmbeddedViews> {
  const labels = views.map(labelOf);
  if (views.length === 0) return { views: [], embeddings: new Float32Array(0) };
  const pixels = Buffer.concat(views.map(view => view.pixels));
  return { views: labels, embeddings: asCached(await backbone.embed(pixels, views.length)) };
}

/** Without the pixels, of which there would be gigabytes. */
function labelOf({ pixels: _, ...label }: View): ViewLabel {
  return label;
}

function sampleOf(
  { path, group }: TrainingPicture,
  { name }: TrainingSource,
  { activities, ...view }: ViewLabel,
  known: readonly string[],
): Sample {
  return { ...view, labels: labelVector(activities, known), group, source: name, file: path };
}

function joined(chunks: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
