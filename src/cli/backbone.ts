/** `surfwatch backbone`: which backbones there are, and how to add one. */
import { Command } from 'commander';
import { SHIPPED_MODELS } from '../base/paths.ts';
import { type AddedBackbone, addBackbone } from '../exchange/import/add-backbone.ts';
import type { Scaling } from '../exchange/import/network.ts';
import { obtainModelFiles } from '../exchange/import/obtain.ts';
import { listBackbones } from '../exchange/import/save-recognised.ts';
import { bundleId, scaleRange, sha256 } from './import-options.ts';
import { wholeNumber } from './parse.ts';
import { type Progress, startLongWork } from './progress.ts';
import { printTable } from './table.ts';

interface AddFlags {
  readonly sha256?: string;
  readonly id?: string;
  readonly size?: number;
  readonly scale?: Scaling;
  readonly licence: string;
  readonly models: string;
  readonly json: boolean;
}

/** The command `backbone` with its subcommands `add` and `list`. */
export function backboneCommand(): Command {
  const command = new Command('backbone').description('add a frozen network to build heads on, or list them');
  command.addCommand(addCommand());
  command.addCommand(listCommand());
  return command;
}

function addCommand(): Command {
  return new Command('add')
    .description('add the weights of a MobileNetV2 of any width as a backbone')
    .argument(
      '<source>',
      'a .h5, .weights.h5 or .keras file, a folder or zip with model.json, or an https: address',
    )
    .option('--sha256 <hex>', 'expected SHA-256 of the file; required for an address', sha256)
    .option('--id <id>', 'its name (default: after width, size and weights)', bundleId)
    .option(
      '--size <pixels>',
      'height and width of its input (default: what the file says, else 224)',
      wholeNumber(32),
    )
    .option(
      '--scale <range>',
      'pixel range of its input: 0..1, -1..1 or 0..255 (default: what the file says, else -1..1)',
      scaleRange,
    )
    .option('--licence <spdx>', 'licence of the weights', 'NOASSERTION')
    .option('--models <dir>', 'the folder with backbone/', SHIPPED_MODELS)
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(add);
}

const HELP = `
The official ImageNet weights of Keras are MobileNetV2 of the widths 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4, with or without
the classifier, which is left out. Every layer is compared with the architecture; BatchNorm is folded into the
convolutions. A head belongs to one backbone: train one with
surfwatch train --backbone ID.

A download is kept only if its SHA-256 matches. For a file, the SHA-256 is printed.

Examples:
  $ surfwatch backbone add mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.5_224_no_top.h5 --licence Apache-2.0
  $ surfwatch backbone add https://example.org/weights.h5 --id imagenet-0.35 --size 160 --sha256 c7800e9290eb8ac0375c2e45e750c392230e1ac2aaadb389e16c5f765b202b92
`;

async function add(source: string, flags: AddFlags): Promise<void> {
  // Only an address takes long.
  let progress: Progress | undefined;
  const files = await obtainModelFiles(source, flags.sha256, (bytes, total) => {
    progress ??= startLongWork('downloading', flags.json);
    progress.to(total === undefined ? 0 : Math.min(1, bytes / total));
  }).finally(() => progress?.stop());
  const { models, id, size, scale, licence } = flags;
  const added = await addBackbone(files, { models, id, size, scaling: scale, licence });
  if (flags.json) {
    const { manifest, folder, existed, alpha } = added;
    const { id: name, width, input, weights } = manifest;
    console.log(
      JSON.stringify({ id: name, folder, existed, alpha, width, input, weights, sha256: files.sha256 }),
    );
  } else say(added, files.sha256, models);
}

function say(
  { manifest, folder, existed, alpha }: AddedBackbone,
  given: string | undefined,
  models: string,
): void {
  const { id, width, input } = manifest;
  if (given !== undefined) console.log(`SHA-256 ${given}`);
  console.log(`MobileNetV2 of width ${alpha}: ${input.size} × ${input.size} pixels to ${width} numbers`);
  console.log(existed ? `it is there already: ${folder}` : `saved ${folder}`);
  const where = models === SHIPPED_MODELS ? '' : ` --models ${models}`;
  console.log(`train a head on it: surfwatch train photos/ --backbone ${id}${where}`);
}

interface ListFlags {
  readonly models: string;
  readonly json: boolean;
}

function listCommand(): Command {
  return new Command('list')
    .description('list the backbones')
    .option('--models <dir>', 'the folder with backbone/', SHIPPED_MODELS)
    .option('--json', 'answer with one JSON object per line', false)
    .action(list);
}

async function list({ models, json }: ListFlags): Promise<void> {
  const manifests = await listBackbones(models);
  if (json) {
    for (const { id, architecture, licence, input, width, weights } of manifests) {
      console.log(JSON.stringify({ id, architecture, licence, input, width, sha256: weights.sha256 }));
    }
    return;
  }
  const rows = manifests.map(({ id, architecture, licence, input, width }) => [
    id,
    `${input.size}`,
    `${width}`,
    licence,
    architecture,
  ]);
  printTable(['id', 'pixels', 'numbers', 'licence', 'architecture'], rows);
}
