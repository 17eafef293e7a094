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
  /** Of each activity the probability that it is in the zone, 0..1; see {@link scoreZones}. */
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

/**
 * A zone's score for an activity comes from its strongest tile: riders are few and small, water is everywhere. But every
 * tile is one more chance to be wrong, so its odds are divided by the number of tiles (Bonferroni's correction); one
 * threshold then serves a zone of any number of tiles.
 */
export function scoreZones(tiles: readonly ScoredTile[]): Record<string, ScoredZone> {
  const names = [...new Set(tiles.map(tile => tile.zone))];
  return Object.fromEntries(names.map(name => [name, scoreZone(tiles.filter(tile => tile.zone === name))]));
}

function scoreZone(tiles: readonly ScoredTile[]): ScoredZone {
  const strongest = tiles.reduce((best, tile) => (highest(tile.scores) > highest(best.scores) ? tile : best));
  const activities = Object.keys(strongest.scores);
  const scores = activities.map(activity => {
    const most = Math.max(...tiles.map(tile => tile.scores[activity] ?? 0));
    return [activity, withOddsDividedBy(tiles.length, most)] as const;
  });
  return { scores: Object.fromEntries(scores), tile: strongest.rectangle };
}

function withOddsDividedBy(divisor: number, probability: number): number {
  return probability / (probability + divisor * (1 - probability));
}

function highest(scores: Scores): number {
  return Math.max(...Object.values(scores));
}
