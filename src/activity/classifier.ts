/** From the bytes of a picture to scores: decode, tiles, backbone, head. What the daemon and `classify` share. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Backbone } from '../vision/backbone.ts';
import { loadBackboneBundle } from '../vision/bundle.ts';
import { type DecodeLimits, readTiles, type TiledPicture } from '../vision/decode.ts';
import { createBackbone, type EngineOptions } from '../vision/engines/create.ts';
import type { Rectangle, Zone } from '../vision/zone.ts';
import { scoreEmbeddings } from './head.ts';
import { type HeadBundle, loadHead } from './head-bundle.ts';
import { scoresOf } from './scores.ts';

export type Scores = Readonly<Record<string, number>>;

export interface ScoredTile {
  readonly zone: string;
  /** As a share of the frame. */
  readonly rectangle: Rectangle;
  /** Calibrated probability of each activity, 0..1. */
  readonly scores: Scores;
}

export interface ScoredZone {
  /** Of each activity the strongest tile's score. */
  readonly scores: Scores;
  /** The tile with the highest score of all, which decided. */
  readonly tile: Rectangle;
}

export interface ScoredPicture {
  readonly picture: TiledPicture;
  /** [tiles, width] */
  readonly embeddings: Float32Array;
  readonly tiles: readonly ScoredTile[];
  readonly zones: Readonly<Record<string, ScoredZone>>;
}

export interface ModelOptions {
  /** The folder with `backbone/` and `heads/`. */
  readonly dir: string;
  readonly backbone: string;
  /** A head's id, or `current`. */
  readonly head: string;
}

export interface Classifier {
  readonly backbone: Backbone;
  readonly head: HeadBundle;
  /** Why this engine computes. */
  readonly why: string;
  /** @throws SurfwatchError `image-unreadable`, `image-too-large` */
  classify(bytes: Buffer, zones: readonly Zone[]): Promise<ScoredPicture>;
  close(): Promise<void>;
}

/**
 * Loads backbone and head.
 *
 * @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong`
 */
export async function createClassifier(
  models: ModelOptions,
  options: EngineOptions & DecodeLimits,
  log?: Logger,
): Promise<Classifier> {
  const bundle = await loadBackboneBundle(join(models.dir, 'backbone', models.backbone));
  const { id, weights, input } = bundle.manifest;
  const head = await loadHead(join(models.dir, 'heads'), models.head, { id, sha256: weights.sha256 });
  const { backbone, why } = await createBackbone(bundle, options, log);
  return {
    backbone,
    head,
    why,
    async classify(bytes, zones) {
      const picture = await readTiles(bytes, zones, input.size, options);
      const embeddings = await backbone.embed(picture.pixels, picture.tiles.length);
      const probabilities = scoreEmbeddings(head, embeddings, picture.tiles.length);
      const tiles = picture.tiles.map((tile, row) => ({
        ...tile,
        scores: scoresOf(head.manifest, probabilities, row),
      }));
      return { picture, embeddings, tiles, zones: scoreZones(tiles) };
    },
    close: () => backbone.close(),
  };
}

/** A zone's score for an activity is that of its strongest tile: riders are few and small, water is everywhere. */
export function scoreZones(tiles: readonly ScoredTile[]): Record<string, ScoredZone> {
  const zones: Record<string, ScoredZone> = {};
  for (const { zone, rectangle, scores } of tiles) {
    const before = zones[zone];
    if (before === undefined) {
      zones[zone] = { scores, tile: rectangle };
      continue;
    }
    const stronger = highest(scores) > highest(before.scores);
    const merged = Object.entries(scores).map(([name, score]) => [
      name,
      Math.max(score, before.scores[name] ?? 0),
    ]);
    zones[zone] = { scores: Object.fromEntries(merged), tile: stronger ? rectangle : before.tile };
  }
  return zones;
}

function highest(scores: Scores): number {
  return Math.max(...Object.values(scores));
}
