/** `surfwatch import`: a whole model trained elsewhere, as a backbone and a head. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { SHIPPED_MODELS } from '../base/paths.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { Output } from '../exchange/import/dense-head.ts';
import { openModelFiles } from '../exchange/import/files.ts';
import { type ImportedModel, importModel } from '../exchange/import/import-model.ts';
import { parseLabels } from '../exchange/import/labels.ts';
import type { Scaling } from '../exchange/import/network.ts';
import { selectHead } from '../learning/fit/save-head.ts';
import { bundleId, scaleRange } from './import-options.ts';

interface ImportFlags {
  readonly out?: string;
  readonly models: string;
  readonly labels?: string;
  readonly background?: readonly string[];
  readonly scale?: Scaling;
  readonly output?: Output;
  readonly backboneId?: string;
  readonly licence?: string;
  readonly current: boolean;
  readonly json: boolean;
}

export function importCommand(): Command {
  return new Command('import')
    .description('import a model trained elsewhere: Keras, TensorFlow.js, Teachable Machine')
    .argument('<model>', 'a .keras or .h5 file, or a folder or zip with model.json or keras_model.h5')
    .option('-o, --out <dir>', 'where the head goes, as DIR/<id>/ (default: heads/ of the models)')
    .option('--models <dir>', 'the folder with backbone/ and heads/', SHIPPED_MODELS)
    .option(
      '--labels <file>',
      'class names, one per line (default: labels.txt or metadata.json beside the model)',
    )
    .option(
      '--background <names...>',
      'class names that are not activities, besides none, background and empty',
    )
    .option('--scale <range>', 'pixel range the model expects: 0..1, -1..1 or 0..255', scaleRange)
    .addOption(
      new Option('--output <name>', 'activation to apply if the last layer has none').choices([
        'sigmoid',
        'softmax',
      ]),
    )
    .option('--backbone-id <id>', 'name of the backbone (default: after width, size and weights)', bundleId)
    .option('--licence <spdx>', 'licence of the backbone (default: what the model says, else NOASSERTION)')
    .option('--current', 'make it the head the daemon loads', false)
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
A suitable model is MobileNetV2 of any width, the mean over height and width (GlobalAveragePooling2D), at most one Dense
with relu, and Dense with sigmoid or softmax. Rescaling, Dropout and layers that only augment are understood. If a model
does not fit, the error names the first layer that does not.

The head has a threshold of 0.5 and no calibration yet, unless it is an export of surfwatch's own. Measure it with
surfwatch evaluate, or train one on the same backbone.

Examples:
  $ surfwatch import converted_keras.zip --current
  $ surfwatch import my-model.keras --labels labels.txt --models my-models
  $ surfwatch import tutorial.h5 --labels labels.txt --scale 0..1 --background beach sea
`;

async function run(path: string, flags: ImportFlags): Promise<void> {
  const heads = flags.out ?? join(flags.models, 'heads');
  const imported = await importModel(await openModelFiles(path), {
    models: flags.models,
    heads,
    labels: flags.labels === undefined ? undefined : await readLabels(flags.labels),
    background: flags.background ?? [],
    scaling: flags.scale,
    output: flags.output,
    backboneId: flags.backboneId,
    licence: flags.licence,
    command: `surfwatch import ${path}`,
    now: new Date(),
  });
  if (flags.current) await selectHead(heads, imported.head.id);
  if (flags.json) {
    const { backbone, head, folder, alpha, classes } = imported;
    const { id, activities, thresholds, background = [], output = 'sigmoid' } = head;
    const added = { id: backbone.manifest.id, folder: backbone.folder, existed: backbone.existed, alpha };
    console.log(
      JSON.stringify({ id, folder, activities, background, output, thresholds, classes, backbone: added }),
    );
  } else say(imported, flags);
}

async function readLabels(path: string): Promise<string[]> {
  try {
    return parseLabels(await readFile(path, 'utf8'));
  } catch (error) {
    throw new SurfwatchError('import-unreadable', `cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function say({ backbone, head, folder, alpha, classes }: ImportedModel, flags: ImportFlags): void {
  const { manifest, existed } = backbone;
  console.log(
    `backbone: MobileNetV2 of width ${alpha}, ${existed ? 'there already as' : 'saved as'} ${backbone.folder}`,
  );
  for (const { label, name, isActivity } of classes) {
    console.log(`class ${JSON.stringify(label)}: ${isActivity ? `activity ${name}` : 'no activity'}`);
  }
  if (head.output === 'softmax' && (head.background ?? []).length === 0) {
    console.log('no class stands for no activity: every picture will show one (softmax)');
  }
  console.log(`saved ${folder}${flags.current ? ', which is current now' : ''}`);
  const thresholds = Object.entries(head.thresholds).map(([name, threshold]) => `${name} ${threshold}`);
  console.log(`thresholds: ${thresholds.join(', ')}; measure it before you trust it:`);
  console.log(
    `  surfwatch evaluate photos/ --set models.dir=${flags.models} --set models.backbone=${manifest.id} --set models.head=${head.id}`,
  );
}
