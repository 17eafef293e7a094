/** Decides what each folder given to training is, and streams its views. */
import { basename, resolve } from 'node:path';
import type { Backbone } from '../../vision/backbone.ts';
import { hasBoxes, listFrames, listPhotos } from '../data/dataset.ts';
import { type CollectOptions, frameViews, photoViews } from './collect.ts';
import { embedViews, type SampleView } from './embed.ts';
import type { EmbeddedSet } from './sample.ts';

export interface TrainingSource {
  readonly name: string;
  /** Files it will read, for the progress bar. */
  readonly files: number;
  /** Activities that occur in it. */
  readonly activities: readonly string[];
  views(options: CollectOptions): AsyncIterable<SampleView>;
}

/** @throws SurfwatchError `dataset-unreadable` */
export async function openSource(directory: string): Promise<TrainingSource> {
  const name = basename(resolve(directory));
  if (await hasBoxes(directory)) {
    const frames = await listFrames(directory);
    const activities = new Set(frames.flatMap(frame => frame.riders.map(rider => rider.activity)));
    return {
      name,
      files: frames.length,
      activities: [...activities],
      views: options => frameViews(frames, name, options),
    };
  }
  const photos = await listPhotos(directory);
  return {
    name,
    files: photos.length,
    activities: [...new Set(photos.flatMap(photo => photo.activities))],
    views: options => photoViews(photos, name, options),
  };
}

/** Embeds every view of every source. */
export function embedSources(
  backbone: Backbone,
  sources: readonly TrainingSource[],
  options: CollectOptions,
): Promise<EmbeddedSet> {
  async function* all() {
    for (const source of sources) yield* source.views(options);
  }
  return embedViews(backbone, all());
}
