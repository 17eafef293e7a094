/** `surfwatch classify`: what is in pictures, one line each. */

import { Command } from 'commander';
import type { Classifier } from '../activity/classifier.ts';
import { zonesOf } from '../config/zones.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { ahead } from '../ops/ahead.ts';
import type { Zone } from '../vision/zone.ts';
import { type Answer, answerOf, type Failure, printAnswers, textPrinter } from './classify-output.ts';
import { EXIT } from './exit.ts';
import { judgePicture, openClassifier } from './judge.ts';
import { addConfigOptions, type ConfigOptions, settingsFrom } from './options.ts';
import { type Listed, listPictures, readPicture } from './pictures.ts';
import { startProgress } from './progress.ts';

interface ClassifyFlags extends ConfigOptions {
  readonly tiles: boolean;
  readonly json: boolean;
}

export function classifyCommand(): Command {
  return addConfigOptions(new Command('classify'))
    .description('tell what is in pictures: surfing, windsurfing, kitesurfing, none, or unknown')
    .argument('<paths...>', 'JPEG, PNG or WebP files, folders (with all below them), or - for standard input')
    .option('--tiles', 'look at the tiles of the configured zones, as the daemon does, and list them', false)
    .option('--json', 'answer with one JSON object a line', false)
    .addHelpText('after', HELP)
    .action(classify);
}

const HELP = `
A picture is taken as a whole and by its middle square: right for photos of riders. Riders in the picture of a beach
camera are too small for that; --tiles cuts it into the tiles of the settings (zones, tiles.columns, tiles.rows).
A picture that is too dark or obscured is unknown. One that can't be read gets a line with its error, the others are
still done, and the exit status is 1.

Fields of --json: file, activity, activities, scores (0..1), visibility, with --tiles also zones and tiles, whose
rectangles are shares of the picture; or file and error {code, message}.

Examples:
  $ surfwatch classify photo.jpg
  $ surfwatch classify --tiles beach-camera.jpg --set tiles.columns=6
  $ surfwatch classify --json photos/ | jq -r 'select(.activity == "kitesurfing").file'
  $ curl -s http://camera/snapshot.jpg | surfwatch classify --tiles -
`;

async function classify(paths: string[], flags: ClassifyFlags): Promise<void> {
  const { settings } = settingsFrom(flags);
  const zones = flags.tiles ? zonesOf(settings) : null;
  const listed = await listPictures(paths);
  const classifier = await openClassifier(settings);
  const answer = answerer(classifier, zones, flags.tiles, settings);
  // On a terminal the lines themselves show how far it is.
  const progress = startProgress('classifying', process.stdout.isTTY ? 0 : listed.length);
  const print = flags.json
    ? printAnswers
    : textPrinter(
        listed.map(({ file }) => file),
        classifier.head.manifest.activities,
      );
  for await (const found of ahead(listed, 2, answer)) {
    if ('error' in found) process.exitCode = EXIT.failure;
    print(found);
    progress.step();
  }
  progress.stop();
  await classifier.close();
}

function answerer(
  classifier: Classifier,
  zones: readonly Zone[] | null,
  withTiles: boolean,
  { vision, gates }: ReturnType<typeof settingsFrom>['settings'],
) {
  return async (listed: Listed): Promise<Answer | Failure> => {
    const { file } = listed;
    if ('error' in listed) return failureOf(file, listed.error);
    try {
      const judged = await judgePicture(classifier, await readPicture(file, vision.maxBytes), zones, gates);
      return answerOf(file, judged, classifier.head.manifest.thresholds, withTiles);
    } catch (error) {
      return failureOf(file, error);
    }
  };
}

/** A fault of the picture; any other ends the command. */
function failureOf(file: string, error: unknown): Failure {
  if (!(error instanceof SurfwatchError)) throw error;
  return { file, error: { code: error.code, message: messageOf(error) } };
}
