/** `surfwatch classify`: what is in pictures, one line each. */
import { Command } from 'commander';
import { ahead } from '../base/ahead.ts';
import type { Settings } from '../config/settings.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { PICTURE_LIMITS } from '../vision/decode.ts';
import {
  type Answer,
  answerOf,
  type Failure,
  type FrameAnswer,
  frameAnswerOf,
  printAnswers,
  textPrinter,
} from './classify-output.ts';
import { EXIT } from './exit.ts';
import { judgeFrame, judgePhoto, openBeachReader, openPictureClassifier } from './judge.ts';
import { addConfigOptions, type ConfigOptions, commonSettingsFrom } from './options.ts';
import { type Listed, listPictures, readPicture } from './pictures.ts';
import { startProgress } from './progress.ts';

interface ClassifyFlags extends ConfigOptions {
  readonly camera: boolean;
  readonly json: boolean;
}

export function classifyCommand(): Command {
  return addConfigOptions(new Command('classify'))
    .description('tell what is in pictures: surfing, windsurfing, kitesurfing, none, or unknown')
    .argument(
      '<paths...>',
      'JPEG, PNG or WebP files, folders (including subfolders), or - for standard input',
    )
    .option('--camera', 'the pictures are from a beach camera: find the riders, as the daemon does', false)
    .option('--json', 'answer with one JSON object per line', false)
    .addHelpText('after', HELP)
    .action(classify);
}

const HELP = `
A picture is judged as a whole and by its middle square, which suits photos of riders. Riders in the picture of a beach
camera are too small for that: --camera reads it at full detail and finds each of them. With zones in the config, riders
outside them are left out. Every picture is judged on its own; the daemon, which sees one after the other, is surer.
A picture that is too dark or obscured is unknown. One that cannot be read gets a line with its error, the others are
still judged, and the exit status is 1.

Fields of --json: file, activity, activities, scores (0..1), visibility; with --camera also count (riders of each
activity), riders (activity, x, y of the middle and size, its height, as fractions of the picture, score 0..1; strongest
first), detail (scale, smallestPx: the height in pixels of the smallest rider that the model sees well, tookMs) and, if zones
are configured, zones (name: activity, count); or file and error {code, message}.

Examples:
  $ surfwatch classify photo.jpg
  $ surfwatch classify --camera beach-camera.jpg
  $ surfwatch classify --json photos/ | jq -r 'select(.activity == "kitesurfing").file'
  $ curl -s http://camera/snapshot.jpg | surfwatch classify --camera --json - | jq .count
`;

async function classify(paths: string[], flags: ClassifyFlags): Promise<void> {
  const { settings } = commonSettingsFrom(flags);
  const listed = await listPictures(paths);
  const { answer, activities, close } = await (flags.camera ? frameAnswers : photoAnswers)(settings);
  // On a terminal the lines themselves show how far it is.
  const progress = startProgress('classifying', process.stdout.isTTY ? 0 : listed.length);
  const print = flags.json
    ? printAnswers
    : textPrinter(
        listed.map(({ file }) => file),
        activities,
      );
  try {
    // A photo is decoded while the one before is judged; a frame keeps all threads busy alone.
    for await (const found of ahead(listed, flags.camera ? 1 : 2, one => guarded(one, answer))) {
      if ('error' in found) process.exitCode = EXIT.failure;
      print(found);
      progress.step();
    }
  } finally {
    progress.stop();
    await close();
  }
}

interface Answers {
  readonly answer: (file: string, bytes: Buffer) => Promise<Answer | FrameAnswer>;
  readonly activities: readonly string[];
  readonly close: () => Promise<void>;
}

async function photoAnswers(settings: Settings): Promise<Answers> {
  const classifier = await openPictureClassifier(settings);
  return {
    answer: async (file, bytes) => answerOf(file, await judgePhoto(classifier, bytes, settings)),
    activities: classifier.head.manifest.activities,
    close: () => classifier.close(),
  };
}

async function frameAnswers(settings: Settings): Promise<Answers> {
  const reader = await openBeachReader(settings);
  return {
    answer: async (file, bytes) => frameAnswerOf(file, await judgeFrame(reader, bytes, settings)),
    activities: reader.head.manifest.activities,
    close: () => reader.close(),
  };
}

async function guarded(listed: Listed, answer: Answers['answer']): Promise<Answer | FrameAnswer | Failure> {
  const { file } = listed;
  if ('error' in listed) return failureOf(file, listed.error);
  try {
    return await answer(file, await readPicture(file, PICTURE_LIMITS.maxBytes));
  } catch (error) {
    return failureOf(file, error);
  }
}

/** A fault of the picture; any other ends the command. */
function failureOf(file: string, error: unknown): Failure {
  if (!(error instanceof SurfwatchError)) throw error;
  return { file, error: { code: error.code, message: messageOf(error) } };
}
