/** What `scripts/measure-unfreeze.ts` is told. */
import { Command, InvalidArgumentError } from 'commander';
import { TUNING_DEFAULTS } from '../../src/training/tuning/options.ts';

export interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly unfreeze: readonly number[];
  readonly folds: number;
  readonly only: readonly number[];
  readonly views: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: readonly number[];
  readonly pull: number;
  readonly dropout: number;
  readonly average: number;
  readonly smoothing: number;
  readonly interpolate: readonly number[];
  readonly keep: readonly ('best' | 'last')[];
  readonly fresh: boolean;
  readonly distance: number;
  readonly soft: number;
  readonly seed: number;
  readonly cache: string;
  readonly threads: number;
}

export function readFlags(): { readonly folders: readonly string[]; readonly flags: Flags } {
  const program = new Command('measure-unfreeze')
    .description(
      'Cross-validates a backbone frozen and tuned, by group, each fold tuned on the other folds alone.',
    )
    .argument('<folders...>', 'class folders with manifest.csv, or frames with boxes.json')
    .option('--models <dir>', 'the folder with backbone/', 'models')
    .option('--backbone <id>', 'where tuning begins', 'surfwatch-mobilenetv2-v3')
    .option('--unfreeze <n,…>', 'blocks to tune, counted from the end', list, [TUNING_DEFAULTS.unfreeze])
    .option('--folds <n>', 'folds of whole groups', Number, 5)
    .option('--only <k,…>', 'only these folds, from 1', list, [])
    .option('--views <n>', 'changed copies of each picture', Number, 5)
    .option('--epochs <n>', 'as many pictures as there are, so many times', Number, TUNING_DEFAULTS.epochs)
    .option('--batch <n>', 'pictures in a step', Number, TUNING_DEFAULTS.batch)
    .option('--learning-rate <rate,…>', 'highest rate', list, [TUNING_DEFAULTS.learningRate])
    .option('--pull <share>', 'pull towards the start weights', Number, TUNING_DEFAULTS.pull)
    .option('--dropout <share>', 'of the head', Number, TUNING_DEFAULTS.dropout)
    .option('--average <decay>', 'of the moving average', Number, TUNING_DEFAULTS.average)
    .option('--smoothing <share>', 'of the labels', Number, TUNING_DEFAULTS.smoothing)
    .option('--interpolate <share,…>', 'how far from the start to the tuned weights', list, [1])
    .option('--keep <best,last>', 'which epoch', text => text.split(','), [TUNING_DEFAULTS.keep])
    .option('--fresh', 'also judge the tuned backbone with a head fitted afresh', false)
    .option('--distance <weight>', 'keep near the start: it is its own teacher', Number, 0)
    .option('--soft <share>', 'share of the loss that is to meet the soft labels of the start', Number, 0)
    .option('--seed <n>', 'of folds, views and draws', Number, TUNING_DEFAULTS.seed)
    .option('--cache <dir>', 'for feature maps and checkpoints', '.cache/measure-unfreeze')
    .option('--threads <n>', 'of the frozen part', Number, 2)
    .addHelpText(
      'after',
      `
Where several values are given, every combination is tried. Needs tfjs-node, and some minutes a fold.

Example:
  npx tsx scripts/measure-unfreeze.ts ../shared/data/watersports --models my-models \\
    --backbone imagenet-mobilenetv2-1.0-224 --keep best,last
`,
    )
    .parse();
  return { folders: program.args, flags: program.opts<Flags>() };
}

function list(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some(value => !Number.isFinite(value))) {
    throw new InvalidArgumentError('It must be numbers with commas between.');
  }
  return values;
}
