/** From the bytes of a frame to the riders in it: decode, one pass of the backbone, head on every cell, detections. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../base/clock.ts';
import { fairTurns, type InTurn } from '../base/fair-turns.ts';
import type { Point, Rectangle } from '../base/geometry.ts';
import type { Backbone } from '../vision/backbone.ts';
import { bandsOf, type DetailChooser, type DetailPlan, looksOf, WHOLE } from '../vision/cells/detail.ts';
import type { CellEngine } from '../vision/cells/engine.ts';
import { pyramidOf, type Size, smallestSeen } from '../vision/cells/pyramid.ts';
import { readCells, readPart } from '../vision/cells/read-cells.ts';
import { decodeFrame, PICTURE_LIMITS, type RawPicture, resizePicture } from '../vision/decode.ts';
import type { EngineOptions } from '../vision/engines/create.ts';
import {
  type AreaSoiling,
  areaVectors,
  loadSoiling,
  SOILING_COLUMNS,
  type Soiling,
  soilingOf,
} from '../vision/soiling.ts';
import type { Zone } from '../vision/zone.ts';
import { type Detection, findDetections } from './detections.ts';
import { type HeadBundle, loadHead, outputsOf } from './head-bundle.ts';
import { type KeptCell, keepCells, type ReadLevel } from './kept-cells.ts';
import { KITE, underKites } from './kites.ts';
import {
  type HeadChoice,
  type ModelOptions,
  openHeadAndBackbone,
  type SharedBackbone,
  shareBackbone,
} from './model.ts';
import { type Scene, sceneOf } from './scene.ts';
import type { Watch } from './watch.ts';

export interface ReadFrame {
  /** Id of the head that read it. */
  readonly head: string;
  /** Size of the frame in pixels, upright. */
  readonly size: Size;
  /** The frame as it was decoded, to judge its quality by. */
  readonly picture: RawPicture;
  /** All that may be a rider, strongest first. */
  readonly detections: readonly Detection[];
  /** All that may be a kite, strongest first; none where the head does not look for them. */
  readonly kites: readonly Detection[];
  /** Where land and sky are in this frame; null where the head cannot tell. */
  readonly scene: Scene | null;
  /** The cells worth keeping: of the strongest detections, and some of others. */
  readonly cells: readonly KeptCell[];
  /** [cells, width] */
  readonly embeddings: Float32Array;
  readonly detail: FrameDetail;
  /** How soiled the lens looks in each part of the frame; null where the backbone cannot tell. */
  readonly soiling: AreaSoiling | null;
  /** How long each stage took, in milliseconds; what is waited for between them is in none. */
  readonly tookMs: { readonly decode: number; readonly embed: number; readonly score: number };
}

/** How finely a frame was read. */
export interface FrameDetail extends DetailPlan {
  /** Height in pixels of the frame of the smallest rider that is seen well. */
  readonly smallestPx: number;
  /** The part of the frame that is read at the finest level, in all turns together … */
  readonly watched: Rectangle;
  /** … and the part of it, or of the rest, that this frame was read for. */
  readonly part: Rectangle;
}

export interface ReadOptions {
  /** What of the frame is read at the finest level. Default: all of it. */
  readonly watch?: Watch;
  /** Places whose cells are kept too, at every level; all of the frame is then read in one go, whatever the board has time for. */
  readonly points?: readonly Point[];
}

export interface BeachReader {
  readonly backbone: Backbone;
  /** In use from the next frame on. */
  readonly head: HeadBundle;
  /** Why this engine computes. */
  readonly why: string;
  /** @throws SurfwatchError `image-unreadable`, `image-too-large` */
  read(bytes: Buffer, zones: readonly Zone[], options?: ReadOptions): Promise<ReadFrame>;
  /**
   * Takes another head from the next frame on; one that is being read is finished with the head it began with.
   *
   * @throws SurfwatchError `model-invalid` where it belongs to another backbone
   */
  useHead(head: HeadBundle): void;
  /** Closes the backbone, for all who read with it. */
  close(): Promise<void>;
}

/**
 * Loads backbone and head.
 *
 * @param chooseHead else the head that `models` names, of those in its folder
 * @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong`
 */
export async function createBeachReader(
  models: Pick<ModelOptions, 'dir' | 'backbone' | 'head'>,
  options: EngineOptions,
  detail: DetailChooser,
  log?: Logger,
  chooseHead: HeadChoice = backbone => loadHead(join(models.dir, 'riders'), models.head, backbone),
): Promise<BeachReader> {
  const backbone = shareBackbone(models, 'cells', options, log);
  return openBeachReader({ backbone, chooseHead, detail, inTurn: fairTurns()(), clock: systemClock });
}

export interface BeachReaderDeps {
  /** Of the kind `cells`. */
  readonly backbone: SharedBackbone;
  readonly chooseHead: HeadChoice;
  readonly detail: DetailChooser;
  /** One frame after the other, of all readers that share the backbone. */
  readonly inTurn: InTurn;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * The same with a backbone that others may use too.
 *
 * @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong`
 */
export async function openBeachReader({
  backbone: shared,
  chooseHead,
  detail,
  inTurn,
  clock: { monotonic },
}: BeachReaderDeps): Promise<BeachReader> {
  const { backbone, why, check, head: first } = await openHeadAndBackbone(shared, chooseHead);
  // What was checked: a head for cells is only taken where the backbone has them.
  const engine = backbone.cells as CellEngine;
  const readOut = await loadSoiling(shared.folder, backbone.manifest);
  let current = first;
  const read = { watched: 0, looks: 0 };

  /** Every level of a frame, read as finely as there is time for. */
  const readLevels = async (
    picture: RawPicture,
    frame: Size,
    head: HeadBundle,
    { part: watched, isLook }: Watch,
    isInOneGo: boolean,
  ) => {
    const startMs = monotonic();
    const { scale, turns: planned } = detail.plan(frame, watched);
    const turns = isInOneGo ? 1 : planned;
    const sizes = pyramidOf(frame, scale);
    const finest = sizes[0] as Size;
    const looks = isLook ? looksOf(finest, watched, turns) : [];
    const part =
      looks.length > 0
        ? inTurnOf(looks, read.looks++)
        : inTurnOf(bandsOf(finest, watched, turns), read.watched++);
    const weights = cellHead(head);
    // libvips makes each level in a thread of its own while others are read; one that fails is met below.
    const made = sizes.map(size => backbone.stretch?.(picture, size) ?? resizePicture(picture, size));
    for (const one of made) one.catch(() => undefined);
    // The finest takes longest to make, unless it is there already.
    const isThere = picture.width === finest.width && picture.height === finest.height;
    const order = isThere ? [...sizes.keys()] : [...sizes.keys()].reverse();
    const levels: ReadLevel[] = [];
    for (const index of order) {
      const level = (await made[index]) as RawPicture;
      levels[index] =
        index === 0 ? await readPart(engine, level, weights, part) : await readCells(engine, level, weights);
    }
    const embedMs = monotonic() - startMs;
    detail.took(frame, scale, part, embedMs);
    return { levels, detail: { scale, turns, smallestPx: smallestSeen(scale), watched, part }, embedMs };
  };

  return {
    backbone,
    get head() {
      return current;
    },
    why,
    useHead(head) {
      check(head);
      current = head;
    },
    async read(bytes, zones, { watch: wanted = ALL, points } = {}) {
      const head = current;
      const watch = points === undefined ? wanted : ALL;
      const startMs = monotonic();
      const { frame, picture } = await decodeFrame(
        bytes,
        PICTURE_LIMITS,
        size => pyramidOf(size, detail.plan(size, watch.part).scale)[0] ?? size,
      );
      const decodedMs = monotonic();
      const { levels, embedMs, ...how } = await inTurn(() =>
        readLevels(picture, frame, head, watch, points !== undefined),
      );
      const scoringMs = monotonic();
      const kites = findDetections(levels, head.manifest, [KITE]);
      const rider = head.manifest.cells?.rider ?? 1;
      const detections = underKites(findDetections(levels, head.manifest), kites, rider);
      const kept = keepCells(levels, detections, head.manifest, zones, points);
      return {
        head: head.manifest.id,
        size: frame,
        picture,
        detections,
        kites,
        scene: sceneOf(levels, head.manifest),
        ...kept,
        soiling: readOut && soilingSeen(readOut, wholeOf(levels, how.detail.part), head.manifest.width),
        ...how,
        tookMs: {
          decode: decodedMs - startMs,
          embed: embedMs,
          score: monotonic() - scoringMs,
        },
      };
    },
    close: () => shared.close(),
  };
}

/** What every frame is read for where nobody says. */
const ALL: Watch = { part: WHOLE, isLook: false };

function inTurnOf<T>(parts: readonly T[], turn: number): T {
  return parts[turn % parts.length] as T;
}

/** The levels that were read as a whole: a frame may be too low to have a second one. */
function wholeOf(levels: readonly ReadLevel[], { w, h }: Rectangle): readonly ReadLevel[] {
  return (w === 1 && h === 1) || levels.length === 1 ? levels : levels.slice(1);
}

function soilingSeen(readOut: Soiling, levels: readonly ReadLevel[], width: number): AreaSoiling {
  const off = ({ columns }: ReadLevel) => Math.abs(Math.log(columns / SOILING_COLUMNS));
  const level = levels.reduce((best, other) => (off(other) < off(best) ? other : best));
  return soilingOf(readOut, areaVectors(level, width), level.columns);
}

function cellHead({ manifest, ...weights }: HeadBundle) {
  const { width, hidden } = manifest;
  return { ...weights, width, hidden, outputs: outputsOf(manifest) };
}
