/** From the bytes of a picture to scores: decode, tiles, backbone, head. What the daemon and `classify` share. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { SurfwatchError } from '../errors.ts';
import { type Clock, systemClock } from '../ops/clock.ts';
import type { Backbone } from '../vision/backbone.ts';
import { type BackboneManifest, loadBackboneBundle } from '../vision/bundle.ts';
import { type DecodeLimits, readTiles, type TiledPicture } from '../vision/decode.ts';
import { createBackbone, type EngineOptions } from '../vision/engines/create.ts';
import { loadSoiling, soilingOf, type TileSoiling } from '../vision/soiling.ts';
import type { Rectangle, Zone } from '../vision/zone.ts';
import { scoreEmbeddings } from './head.ts';
import { type HeadBundle, type HeadManifest, loadHead } from './head-bundle.ts';
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
  /** Id of the head that scored it. */
  readonly head: string;
  readonly picture: TiledPicture;
  /** [tiles, width] */
  readonly embeddings: Float32Array;
  readonly tiles: readonly ScoredTile[];
  /** How soiled the lens looks in each tile; null where the backbone can't tell. */
  readonly soiling: TileSoiling | null;
  readonly zones: Readonly<Record<string, ScoredZone>>;
  /** How long each stage took, in milliseconds. */
  readonly tookMs: { readonly decode: number; readonly embed: number; readonly score: number };
}

export interface ModelOptions {
  /** The folder with `backbone/` and `heads/`. */
  readonly dir: string;
  readonly backbone: string;
  /** A head's id, or `current`. */
  readonly head: string;
}

/** Which head to load for a backbone. */
export type HeadChoice = (backbone: HeadManifest['backbone']) => Promise<HeadBundle>;

export interface Classifier {
  readonly backbone: Backbone;
  /** In use from the next picture on. */
  readonly head: HeadBundle;
  /** Why this engine computes. */
  readonly why: string;
  /** @throws SurfwatchError `image-unreadable`, `image-too-large` */
  classify(bytes: Buffer, zones: readonly Zone[]): Promise<ScoredPicture>;
  /**
   * Takes another head from the next picture on; one that is being classified is finished with the head it began with.
   *
   * @throws SurfwatchError `model-invalid` where it belongs to another backbone
   */
  useHead(head: HeadBundle): void;
  close(): Promise<void>;
}

/**
 * Loads backbone and head.
 *
 * @param chooseHead else the head that `models` names, of those in its folder
 * @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong`
 */
export async function createClassifier(
  models: ModelOptions,
  options: EngineOptions & DecodeLimits,
  log?: Logger,
  chooseHead: HeadChoice = backbone => loadHead(join(models.dir, 'heads'), models.head, backbone),
  { monotonic }: Pick<Clock, 'monotonic'> = systemClock,
): Promise<Classifier> {
  const directory = join(models.dir, 'backbone', models.backbone);
  const bundle = await loadBackboneBundle(directory);
  const readOut = await loadSoiling(directory, bundle.manifest);
  const { id, weights, input } = bundle.manifest;
  let current = await chooseHead({ id, sha256: weights.sha256 });
  checkBackbone(current, bundle.manifest);
  const { backbone, why } = await createBackbone(bundle, options, log);
  return {
    backbone,
    get head() {
      return current;
    },
    why,
    useHead(head) {
      checkBackbone(head, bundle.manifest);
      current = head;
    },
    async classify(bytes, zones) {
      const head = current;
      const startMs = monotonic();
      const picture = await readTiles(bytes, zones, input.size, options);
      const decodedMs = monotonic();
      const embeddings = await backbone.embed(picture.pixels, picture.tiles.length);
      const embeddedMs = monotonic();
      const probabilities = scoreEmbeddings(head, embeddings, picture.tiles.length);
      const tiles = picture.tiles.map((tile, row) => ({
        ...tile,
        scores: scoresOf(head.manifest, probabilities, row),
      }));
      const soiling = readOut && soilingOf(readOut, embeddings, tiles);
      const zoned = scoreZones(tiles);
      const scored = { head: head.manifest.id, picture, embeddings, tiles, soiling, zones: zoned };
      const tookMs = {
        decode: decodedMs - startMs,
        embed: embeddedMs - decodedMs,
        score: monotonic() - embeddedMs,
      };
      return { ...scored, tookMs };
    },
    close: () => backbone.close(),
  };
}

function checkBackbone({ manifest }: HeadBundle, { id, width, weights }: BackboneManifest): void {
  if (manifest.backbone.sha256 === weights.sha256 && manifest.width === width) return;
  throw new SurfwatchError(
    'model-invalid',
    `head ${manifest.id} belongs to backbone ${manifest.backbone.id} (${manifest.width} numbers a tile), not to ${id} (${width})`,
  );
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
