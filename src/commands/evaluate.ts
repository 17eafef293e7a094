/** `surfwatch evaluate`: how often the model is right on labelled pictures. */
import { Command } from 'commander';
import { zonesOf } from '../config/zones.ts';
import { SurfwatchError } from '../errors.ts';
import { hasBoxes } from '../learning/data/dataset.ts';
import { ahead } from '../ops/ahead.ts';
import { type EvaluatedFile, type Examples, frameExamples, photoExamples } from './evaluate-examples.ts';
import { printReport, reportOn } from './evaluate-report.ts';
import { openClassifier } from './judge.ts';
import { addConfigOptions, type ConfigOptions, settingsFrom } from './options.ts';
import { wholeNumber } from './parse.ts';
import { startProgress } from './progress.ts';

interface EvaluateFlags extends ConfigOptions {
  readonly tiles: boolean;
  readonly tileSize?: number;
  readonly json: boolean;
}

export function evaluateCommand(): Command {
  return addConfigOptions(new Command('evaluate'))
    .description('measure how often the model is right on labelled pictures')
    .argument('<directory>', 'photos as DIR/<class>/*.jpg, or frames with boxes.json, YOLO or COCO labels')
    .option('--tiles', 'judge photos by the tiles of the configured zones rather than as a whole', false)
    .option(
      '--tile-size <pixels>',
      'cut frames into squares of about this side, not into the configured tiles',
      wholeNumber(16),
    )
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(evaluate);
}

const HELP = `
Photos: a class folder is named after what its pictures show: surfing, surfing+kitesurfing for both at once, none for
no activity. A manifest.csv with the columns file and group beside the folders adds the worst groups to the report.
Frames: boxes.json, YOLO labels or a COCO list give the riders of each; each tile is judged by itself, and those in
which a rider is cut in two or too small to tell are left out.

A picture that is too dark or obscured to be judged is unknown, which counts as wrong. Files that can't be read and
classes the model doesn't know are listed and not counted. The exit status is 1 only if nothing could be evaluated.

Examples:
  $ surfwatch evaluate photos/
  $ surfwatch evaluate my-cam/ --tile-size 240
  $ surfwatch evaluate photos/ --json --set models.head=2026-11-23T14-00Z-8b85 | jq .balancedAccuracy
`;

async function evaluate(directory: string, flags: EvaluateFlags): Promise<void> {
  const { settings } = settingsFrom(flags);
  const boxed = await hasBoxes(directory);
  const examples: Examples = boxed
    ? await frameExamples(directory, settings, flags.tileSize)
    : await photoExamples(directory, settings, flags.tiles ? zonesOf(settings) : null);
  const classifier = await openClassifier(settings);
  const files: EvaluatedFile[] = [];
  const progress = startProgress('evaluating', examples.items.length);
  for await (const file of ahead(examples.items, 2, item => item(classifier))) {
    files.push(file);
    progress.step();
  }
  progress.stop();
  await classifier.close();
  if (!files.some(({ predictions }) => predictions.length > 0)) {
    const [first] = files.flatMap(({ file, error }) =>
      error === undefined ? [] : [`; ${file}: ${error.message}`],
    );
    throw new SurfwatchError(
      'dataset-unreadable',
      `nothing in ${directory} could be evaluated${first ?? ''}`,
    );
  }
  const report = reportOn(files, {
    directory,
    unit: boxed ? 'tiles' : 'pictures',
    head: classifier.head.manifest,
    engine: classifier.backbone.engine,
  });
  if (flags.json) console.log(JSON.stringify(report));
  else printReport(report);
}
