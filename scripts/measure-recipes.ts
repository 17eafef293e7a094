/** Compares the recipes of `surfwatch train` by group cross-validation: `npx tsx scripts/measure-recipes.ts --help`. */
import { join } from 'node:path';
import { Command } from 'commander';
import { SHIPPED_MODELS } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { startLongWork } from '../src/cli/progress.ts';
import { RECIPES, type RecipeName } from '../src/training/fit/recipes.ts';
import type { TrainingRecord } from '../src/training/record.ts';
import { train } from '../src/training/train.ts';
import { loadBackboneBundle } from '../src/vision/bundle.ts';

interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly folds: number;
  readonly seeds: string;
  readonly cache?: string;
}

const program = new Command('measure-recipes')
  .description('prints a table: each recipe, cross-validated by group on the same pictures')
  .argument('<folders...>', 'what to train on')
  .option('--models <dir>', 'the folder with backbone/', SHIPPED_MODELS)
  .option(
    '--backbone <id>',
    'one that has not seen the pictures, lest every recipe looks perfect',
    'imagenet',
  )
  .option('--folds <k>', 'folds', wholeNumber(2), 5)
  .option('--seeds <list>', 'seeds of split and start, each a row', '37')
  .option('--cache <dir>', 'keeps embeddings for the next run')
  .action(measure);
await exitOnError(() => program.parseAsync());

async function measure(folders: string[], { models, backbone, folds, seeds, cache }: Flags): Promise<void> {
  const bundle = await loadBackboneBundle(join(models, 'backbone', backbone));
  console.log(
    '| recipe | seed | activities apart | accuracy | balanced, with none | calibration error | fitting |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const seed of seeds.split(',').map(Number)) {
    for (const recipe of Object.keys(RECIPES) as RecipeName[]) {
      const bar = startLongWork(`${recipe} ${seed}`, false);
      const { record } = await train(
        {
          folders,
          recipe,
          options: RECIPES[recipe],
          seed,
          validation: 0.2,
          precision: null,
          folds,
          curve: false,
          cache: cache ?? null,
          command: '',
          now: new Date(),
        },
        bundle,
        { onPhase: () => undefined, onProgress: done => bar.to(done) },
      );
      bar.stop();
      console.log(rowOf(record));
    }
  }
}

function rowOf({ made, folds }: TrainingRecord): string {
  const all = folds?.pooled.all;
  if (all === undefined) return '';
  const range = (value: number | null, interval: readonly [number, number] | null) =>
    value === null || interval === null
      ? '–'
      : `${value.toFixed(3)} (${interval[0].toFixed(2)}–${interval[1].toFixed(2)})`;
  const errors = Object.values(all.calibrationError);
  return `| ${[
    made.recipe,
    made.seed,
    range(all.activityAccuracy, all.intervals.activityAccuracy),
    range(all.accuracy, all.intervals.accuracy),
    range(all.balancedAccuracy, all.intervals.balancedAccuracy),
    errors.map(error => error.toFixed(3)).join(', '),
    `${made.seconds.folds?.toFixed(0)} s`,
  ].join(' | ')} |`;
}
