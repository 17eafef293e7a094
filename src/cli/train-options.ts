/** The options of `surfwatch train`. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { SHIPPED_MODELS } from '../base/paths.ts';
import { RECIPES, type Recipe, type RecipeName } from '../training/fit/recipes.ts';
import { aboveZero, shareOfOne, wholeNumber } from './parse.ts';

export interface TrainFlags {
  readonly out: string;
  readonly current: boolean;
  readonly models: string;
  readonly backbone: string;
  readonly only?: 'riders' | 'pictures';
  readonly areas?: string;
  readonly proposals?: string;
  readonly crops: number;
  readonly judgeFrames: number;
  readonly judgeBackbone?: string;
  readonly judgeCameras?: readonly string[];
  readonly recipe: RecipeName;
  readonly folds?: number;
  readonly precision?: number;
  readonly seed: number;
  readonly validation: number;
  readonly reserve?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly hidden?: number;
  readonly dropout?: number;
  readonly patience?: number;
  readonly views?: number;
  /** False with --no-refit, --no-curve, --no-report. */
  readonly refit: boolean;
  readonly curve: boolean;
  readonly report: boolean;
  /** False with --no-cache. */
  readonly cache: string | false;
  readonly unfreeze?: number;
  readonly teacher?: string;
  readonly tuneEpochs?: number;
  readonly tuneRate?: number;
  readonly licence?: string;
  readonly json: boolean;
}

/** Where programs keep what they can make again (XDG Base Directory Specification). */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'surfwatch');

export function addTrainOptions(command: Command): Command {
  return command
    .argument('<folders...>', 'photos as FOLDER/<class>/*.jpg, or frames with boxes (boxes.json, YOLO, COCO)')
    .option(
      '-o, --out <dir>',
      'a models folder: heads go to DIR/riders/<id>/ and DIR/heads/<id>/',
      SHIPPED_MODELS,
    )
    .option('--current', 'make it the current head of that folder', false)
    .option('--models <dir>', 'the folder with backbone/', SHIPPED_MODELS)
    .option('--backbone <id>', 'the backbone to train on', 'surfwatch-mobilenetv2-v3')
    .addOption(
      new Option('--only <kind>', 'if frames and photos are given, train only this head').choices([
        'riders',
        'pictures',
      ]),
    )
    .addOption(
      new Option('--recipe <name>', 'robust: many views, dropout, calibrated; classic: as in tutorials')
        .choices(Object.keys(RECIPES))
        .default('robust'),
    )
    .option(
      '--folds <k>',
      'cross-validate: riders by camera (4), photos by group (not at all)',
      wholeNumber(2),
    )
    .option(
      '--precision <share>',
      'choose thresholds for this precision instead of for the best F1',
      shareOfOne,
    )
    .option('--seed <n>', 'seed of the split, the views and the start', wholeNumber(0), 37)
    .option('--validation <share>', 'fraction held out to calibrate and measure, by group', shareOfOne, 0.2)
    .option(
      '--reserve <share>',
      'riders: fraction never fitted to, by which boards judge new heads (0.1)',
      shareOfOne,
    )
    .optionsGroup('Riders (frames with boxes):')
    .option('--crops <n>', 'number of crops to learn from', wholeNumber(1), 9000)
    .option('--areas <file>', 'areas.json: the parts of pictures that are land, sky and water')
    .option('--proposals <file>', 'proposals.json: boxes that a detector found in photos')
    .option('--judge-frames <n>', 'maximum number of frames judged for each camera', wholeNumber(1), 40)
    .option('--judge-backbone <dir>', 'judge and calibrate on a backbone that has not seen --judge-cameras')
    .option(
      '--judge-cameras <names>',
      'cameras, groups of photos and folders to leave out, separated by commas',
      names,
    )
    .optionsGroup('Photos, to override the recipe:')
    .option('--views <n>', 'changed copies of each photo', wholeNumber(0))
    .option('--epochs <n>', 'passes over the training samples', wholeNumber(1))
    .option('--batch <n>', 'samples in a step', wholeNumber(1))
    .option('--learning-rate <rate>', "Adam's learning rate at the start", aboveZero)
    .option('--hidden <units>', 'hidden units', wholeNumber(1))
    .option('--dropout <share>', 'fraction of inputs and hidden units left out in each step', shareOfOne)
    .option('--patience <epochs>', 'stop after so many epochs without a lower held-out loss', wholeNumber(0))
    .option('--no-refit', 'do not fit once more on everything after measuring')
    .optionsGroup('Fine-tuning (needs @tensorflow/tfjs-node):')
    .option(
      '--unfreeze <n>',
      'also tune the last N blocks of the backbone, which gives a new one',
      wholeNumber(1),
    )
    .option('--teacher <id>', 'a backbone in --models that the new one should stay close to')
    .option('--tune-epochs <n>', 'passes over the photos while tuning', wholeNumber(1))
    .option('--tune-rate <rate>', 'highest learning rate while tuning', aboveZero)
    .optionsGroup('Besides:')
    .option('--no-curve', 'leave out the learning curve')
    .option('--no-report', 'leave out report.html')
    .option('--licence <spdx>', 'licence of the head, for its model card')
    .option('--cache <dir>', 'folder to keep embeddings in for the next run', CACHE)
    .option('--no-cache', 'do not keep embeddings')
    .option('--json', 'answer as one JSON object', false);
}

function names(text: string): string[] {
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
}

/** The recipe with what the flags change. */
export function recipeOf(flags: TrainFlags): Recipe {
  const { views: changed, epochs, batch, learningRate, hidden, dropout } = flags;
  const { patience } = flags;
  const given = {
    changed,
    epochs,
    batch,
    learningRate,
    hidden,
    dropout,
    patience,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const recipe: Recipe = RECIPES[flags.recipe];
  return { ...recipe, ...set, refit: recipe.refit && flags.refit };
}

/** The command that makes this head again, without where its output went. */
export function commandLine(folders: readonly string[], command: Command): string {
  const aside = new Set(['out', 'current', 'models', 'cache', 'report', 'curve', 'licence', 'json']);
  const options = command.options.flatMap(option => {
    const name = option.attributeName();
    if (aside.has(name) || command.getOptionValueSource(name) !== 'cli') return [];
    const value = command.getOptionValue(name);
    return option.isBoolean() || option.negate ? [option.long ?? ''] : [`${option.long} ${value}`];
  });
  return ['surfwatch train', ...folders, ...options].join(' ');
}
