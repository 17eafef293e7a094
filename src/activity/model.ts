/** Backbone and head as a config names them, loaded and checked against each other. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { lazy } from '../base/lazy.ts';
import { SurfwatchError } from '../errors.ts';
import type { Backbone } from '../vision/backbone.ts';
import { type BackboneBundle, type BackboneManifest, loadBackboneBundle } from '../vision/bundle.ts';
import { type ChosenBackbone, createBackbone, type EngineOptions } from '../vision/engines/create.ts';
import type { HeadBundle, HeadManifest } from './head-bundle.ts';

export interface ModelOptions {
  /** The folder with `backbone/`, `riders/` (heads for the cells of frames) and `heads/` (for whole pictures). */
  readonly dir: string;
  readonly backbone: string;
  /** A head of `riders/`: its id, or `current`. */
  readonly head: string;
  /** A head of `heads/`: its id, or `current`. */
  readonly pictureHead: string;
}

/** Which head to load for a backbone. */
export type HeadChoice = (backbone: HeadManifest['backbone']) => Promise<HeadBundle>;

/** What a head looks at. */
export type HeadKind = 'cells' | 'pictures';

/** A backbone for one reader or for several: it is loaded when it is first asked for, once. */
export interface SharedBackbone {
  /** Its folder of `models`. */
  readonly folder: string;
  readonly kind: HeadKind;
  /** @throws SurfwatchError `model-missing`, `model-invalid` */
  bundle(): Promise<BackboneBundle>;
  /** @throws SurfwatchError `engine-unavailable`, `engine-wrong` */
  engine(): Promise<ChosenBackbone>;
  /** To be called when nobody reads with it any more. */
  close(): Promise<void>;
}

export function shareBackbone(
  { dir, backbone }: Pick<ModelOptions, 'dir' | 'backbone'>,
  kind: HeadKind,
  options: EngineOptions,
  log?: Logger,
): SharedBackbone {
  const folder = join(dir, 'backbone', backbone);
  const bundle = lazy(() => loadBackboneBundle(folder));
  const use = kind === 'cells' ? 'frames' : 'photos';
  const engine = lazy(async () => createBackbone(await bundle.get(), options, log, use));
  return {
    folder,
    kind,
    bundle: () => bundle.get(),
    engine: () => engine.get(),
    close: async () => (await engine.opened?.catch(() => undefined))?.backbone.close(),
  };
}

export interface OpenedModel {
  readonly backbone: Backbone;
  /** Why this engine computes. */
  readonly why: string;
  readonly head: HeadBundle;
  /** @throws SurfwatchError `model-invalid` where a head is of another backbone, or of the other kind */
  check(head: HeadBundle): void;
}

/** @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong` */
export async function openHeadAndBackbone(
  shared: SharedBackbone,
  chooseHead: HeadChoice,
): Promise<OpenedModel> {
  const { manifest } = await shared.bundle();
  const { id, weights } = manifest;
  const check = (head: HeadBundle) => checkHead(head, manifest, shared.kind);
  const head = await chooseHead({ id, sha256: weights.sha256 });
  check(head);
  const { backbone, why } = await shared.engine();
  return { backbone, why, head, check };
}

function checkHead({ manifest }: HeadBundle, backbone: BackboneManifest, kind: HeadKind): void {
  const { id, weights, cells } = backbone;
  const invalid = (text: string) => new SurfwatchError('model-invalid', text);
  if (kind === 'cells' && cells === undefined) {
    throw invalid(
      `backbone ${id} has no projection for the cells of a frame: it can tell photos apart, not find riders`,
    );
  }
  if ((manifest.cells !== undefined) !== (kind === 'cells')) {
    throw invalid(
      kind === 'cells'
        ? `head ${manifest.id} is for whole pictures: it finds no riders in a frame`
        : `head ${manifest.id} finds riders in frames: it does not judge whole pictures`,
    );
  }
  const width = kind === 'cells' ? cells?.width : backbone.width;
  if (manifest.backbone.sha256 === weights.sha256 && manifest.width === width) return;
  throw invalid(
    `head ${manifest.id} belongs to backbone ${manifest.backbone.id} (${manifest.width} numbers), not to ${id} (${width})`,
  );
}
