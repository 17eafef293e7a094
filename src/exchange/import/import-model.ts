/** Imports a whole model trained elsewhere as a backbone and a head. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { type HeadManifest, headWeightBytes } from '../../activity/head-bundle.ts';
import { SurfwatchError } from '../../errors.ts';
import { saveHead } from '../../learning/fit/save-head.ts';
import { checkDense, headOf, type Output } from './dense-head.ts';
import type { ModelFiles } from './files.ts';
import type { Graph } from './graph.ts';
import { type ClassName, classNames, labelsBeside, objectIn } from './labels.ts';
import type { Scaling } from './network.ts';
import { readModel } from './read-model.ts';
import { recognise } from './recognise.ts';
import { type SavedBackbone, saveRecognised } from './save-recognised.ts';
import { takeApart } from './walk.ts';

export interface ImportOptions {
  /** The folder with `backbone/`. */
  readonly models: string;
  /** The folder of heads. */
  readonly heads: string;
  /** Undefined: what lies beside the model or in it. */
  readonly labels: readonly string[] | undefined;
  /** Labels that are no activity, besides those that say so themselves. */
  readonly background: readonly string[];
  /** Undefined: what the model does with pixels itself, or what its maker is known to do. */
  readonly scaling: Scaling | undefined;
  /** Where the last layer has no activation. */
  readonly output: Output | undefined;
  /** Id of the backbone; undefined: named after the architecture and its weights. */
  readonly backboneId: string | undefined;
  /** SPDX; undefined: what an export of ours says, else NOASSERTION. */
  readonly licence: string | undefined;
  /** To be written into the head. */
  readonly command: string;
  readonly now: Date;
}

export interface ImportedModel {
  readonly backbone: SavedBackbone;
  readonly head: HeadManifest;
  readonly folder: string;
  readonly alpha: number;
  readonly classes: readonly ClassName[];
}

/** @throws SurfwatchError `import-unreadable`, `import-unsuitable`, `import-incomplete`, `backbone-exists` */
export async function importModel(files: ModelFiles, options: ImportOptions): Promise<ImportedModel> {
  const { origin } = files;
  const model = await readModel(files);
  if (model.kind === 'weights') {
    throw new SurfwatchError(
      'import-unsuitable',
      `${origin} holds weights alone, without the model they belong to: save the whole model, or use \`backbone add\``,
    );
  }
  const network = takeApart(model.graph, model.weightsOf, origin);
  const recognised = recognise(network.convolutions, origin);
  const known = objectIn(model.metadata);
  checkDense(network.dense, origin);
  const labels = options.labels ?? (await labelsBeside(files, model.metadata));
  const classes = classNames(labels, options.background, origin);
  const head = headOf(network.dense, classes, options.output, origin);
  const scaling = options.scaling ?? network.scaling ?? (await habitOf(files, model.graph));
  if (scaling === undefined) {
    throw new SurfwatchError(
      'import-incomplete',
      `${origin} does not say how pixels are scaled before they reach it: give --scale 0..1 or -1..1`,
    );
  }
  const backbone = await saveRecognised(options.models, recognised, {
    id: options.backboneId,
    size: network.size ?? 224,
    scaling,
    known: { id: known.backbone, sha256: known.backboneSha256 },
    licence: options.licence ?? (typeof known.licence === 'string' ? known.licence : 'NOASSERTION'),
    provenance: `Part of a model imported from ${basename(origin)}${files.sha256 === undefined ? '' : ` (SHA-256 ${files.sha256})`}.`,
  });
  const { hidden, width, activities, output, ...weights } = head;
  // Of a folder the description alone would not tell two trainings apart.
  const sha256 = createHash('sha256').update(files.main.bytes).update(headWeightBytes(weights)).digest('hex');
  const { id, weights: backboneWeights } = backbone.manifest;
  const manifest: HeadManifest = {
    format: 1,
    id: `${options.now.toISOString().slice(0, 16).replace(':', '-')}Z-${sha256.slice(0, 4)}`,
    createdAt: options.now.toISOString(),
    activities: [...activities],
    width,
    hidden,
    backbone: { id, sha256: backboneWeights.sha256 },
    calibration: activities.map(() => ({ slope: 1, intercept: 0 })),
    thresholds: thresholdsOf(activities, known.thresholds),
    ...(network.headInput === undefined ? {} : { input: network.headInput }),
    ...output,
    weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
    training: {
      parent: typeof known.head === 'string' ? known.head : null,
      seed: 0,
      dataSha256: sha256,
      command: options.command,
    },
  };
  const saved = await saveHead(options.heads, { manifest, ...weights }, {});
  const folder = join(options.heads, saved.id);
  return { backbone, head: saved, folder, alpha: recognised.alpha, classes };
}

/** Those of an export of ours; else a half. */
function thresholdsOf(activities: readonly string[], known: unknown): Record<string, number> {
  const thresholds = known !== null && typeof known === 'object' ? { ...known } : {};
  return Object.fromEntries(
    activities.map(activity => {
      const threshold: unknown = Reflect.get(thresholds, activity);
      const fits = typeof threshold === 'number' && threshold >= 0 && threshold <= 1;
      return [activity, fits ? threshold : 0.5];
    }),
  );
}

/** Teachable Machine scales pixels outside of its models, always to -1..1. */
async function habitOf(files: ModelFiles, graph: Graph): Promise<Scaling | undefined> {
  const metadata = objectIn(new TextDecoder().decode(await files.beside('metadata.json')));
  const isTheirs =
    metadata.packageName === '@teachablemachine/image' ||
    graph.layers.filter(({ name }) => /^dense_Dense\d+$/.test(name)).length === 2;
  return isTheirs ? { scale: 1 / 127.5, offset: -1 } : undefined;
}
