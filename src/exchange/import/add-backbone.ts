/** Adds the weights of a MobileNetV2 as a backbone bundle, from a file of any known format. */
import { basename } from 'node:path';
import type { ModelFiles } from './files.ts';
import type { Scaling } from './network.ts';
import { readModel } from './read-model.ts';
import { convolutionsOf, recognise } from './recognise.ts';
import { type SavedBackbone, saveRecognised } from './save-recognised.ts';
import { takeApart } from './walk.ts';

export interface AddOptions {
  /** The folder with `backbone/`. */
  readonly models: string;
  /** Undefined: named after the architecture and its weights. */
  readonly id: string | undefined;
  /** Height and width of the picture; undefined: what the file or its name says, else 224. */
  readonly size: number | undefined;
  /** Undefined: what the model itself does with pixels, else -1..1, as the official weights want. */
  readonly scaling: Scaling | undefined;
  /** SPDX. */
  readonly licence: string;
}

export interface AddedBackbone extends SavedBackbone {
  readonly alpha: number;
}

/** What keras.applications.mobilenet_v2.preprocess_input does. */
const OFFICIAL_SCALING: Scaling = { scale: 1 / 127.5, offset: -1 };

const OFFICIAL_SIZE = 224;

/** @throws SurfwatchError `import-unreadable`, `import-unsuitable`, `backbone-exists` */
export async function addBackbone(files: ModelFiles, options: AddOptions): Promise<AddedBackbone> {
  const { origin, main, sha256 } = files;
  const model = await readModel(files);
  const network = model.kind === 'model' ? takeApart(model.graph, model.weightsOf, origin) : undefined;
  const convolutions =
    network?.convolutions ?? (model.kind === 'weights' ? convolutionsOf(model.list, origin) : []);
  const found = recognise(convolutions, origin);
  const saved = await saveRecognised(options.models, found, {
    id: options.id,
    size: options.size ?? network?.size ?? sizeInName(main.name) ?? OFFICIAL_SIZE,
    scaling: options.scaling ?? network?.scaling ?? OFFICIAL_SCALING,
    licence: options.licence,
    provenance: `Converted from ${basename(origin)}${sha256 === undefined ? '' : ` (SHA-256 ${sha256})`}.`,
  });
  return { ...saved, alpha: found.alpha };
}

/** `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5` is for 96 pixels. */
function sizeInName(name: string): number | undefined {
  const size = /_(?:0\.35|0\.5|0\.75|1\.0|1\.3|1\.4)_(\d+)(?:_no_top)?\.h5$/.exec(name)?.[1];
  return size === undefined ? undefined : Number(size);
}
