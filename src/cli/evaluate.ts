/** `surfwatch evaluate`: how often the model is right on labelled pictures. */
import { join } from 'node:path';
import { Command } from 'commander';
import { ahead } from '../base/ahead.ts';
import type { Settings } from '../config/settings.ts';
import { SurfwatchError } from '../errors.ts';
import {
  type BoxedFrame,
  hasBoxes,
  listFrames,
  listPhotos,
  readListedFrames,
} from '../training/data/dataset.ts';
import { exists } from '../training/data/files.ts';
import { evaluatePhoto } from './evaluate-examples.ts';
import { evaluateFrame } from './evaluate-frames.ts';
import { type FramesReport, printFramesReport, reportOnFrames } from './evaluate-frames-report.ts';
import { printReport, type Report, reportOn } from './evaluate-report.ts';
import { openBeachReader, openPictureClassifier } from './judge.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, settingsFrom } from './options.ts';
import { startProgress } from './progress.ts';

interface EvaluateFlags extends ConfigOptions {
  readonly boxes?: string;
  readonly json: boolean;
}

export function evaluateCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('evaluate')))
    .description('measure how often the model is right on labelled pictures')
    .argument('<directory>', 'photos as DIR/<class>/*.jpg, or frames with boxes.json, YOLO or COCO labels')
    .option(
      '--boxes <file>',
      'frames: the file with the riders of each, in the format of boxes.json, if it is elsewhere',
    )
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(evaluate);
}

const HELP = `
Photos: a class folder is named after what its pictures show: surfing, surfing+kitesurfing for both at once, none for
no activity. A manifest.csv with the columns file and group beside the folders adds the worst groups to the report.

Frames of beach cameras, in DIR/frames or DIR: boxes.json (or --boxes, relative to DIR or to here), YOLO labels or a COCO
list give the riders of each. A manifest.csv with the columns file and camera gives figures by camera; without it the
whole folder counts as one camera. Each frame is judged on its own; the daemon, which sees one after the other, is surer.

  found        of the frames with riders, how many are reported as any activity
  named        of these frames, how many are reported as an activity that is in them
  hit          of these frames, in how many a detection lies at a rider
  left alone   of the frames without riders, how many are reported as none
  recall, precision   of riders: a detection is right in a rider's box widened by half of its size at each side, one
               detection a rider; on a kite or an area to ignore it is neither right nor wrong
  count error  how far counts are off, of all riders, in frames with three or more
  activity right      of the riders found, how many have the right activity

A picture that is too dark or obscured to be judged is unknown, which counts as wrong. Files that cannot be read and
classes the model does not know are listed and not counted. The exit status is 1 only if nothing could be evaluated.

Examples:
  $ surfwatch evaluate photos/
  $ surfwatch evaluate my-cam/ --boxes boxes.json
  $ surfwatch evaluate photos/ --json --set models.pictureHead=2026-11-23T14-00Z-8b85 | jq .balancedAccuracy
`;

async function evaluate(directory: string, flags: EvaluateFlags): Promise<void> {
  const { settings } = settingsFrom(flags);
  if (flags.boxes !== undefined || (await hasBoxes(directory))) {
    const report = await evaluateFrames(directory, flags.boxes, settings);
    if (flags.json) console.log(JSON.stringify(report));
    else printFramesReport(report);
  } else {
    const report = await evaluatePhotos(directory, settings);
    if (flags.json) console.log(JSON.stringify(report));
    else printReport(report);
  }
}

async function evaluatePhotos(directory: string, settings: Settings): Promise<Report> {
  const photos = await listPhotos(directory);
  const classifier = await openPictureClassifier(settings);
  try {
    const files = await withProgress(photos, 2, photo => evaluatePhoto(classifier, photo, settings));
    if (!files.some(({ predictions }) => predictions.length > 0)) throw nothing(directory, files);
    const { head, backbone } = classifier;
    return reportOn(files, { directory, head: head.manifest, engine: backbone.engine });
  } finally {
    await classifier.close();
  }
}

async function evaluateFrames(
  directory: string,
  boxes: string | undefined,
  settings: Settings,
): Promise<FramesReport> {
  const reader = await openBeachReader(settings);
  try {
    const frames = await listFramesBy(directory, boxes, reader.head.manifest.activities);
    const files = await withProgress(frames, 1, frame => evaluateFrame(reader, frame, settings));
    if (!files.some(file => 'example' in file)) throw nothing(directory, files);
    const { head, backbone } = reader;
    return reportOnFrames(files, { directory, head: head.manifest, engine: backbone.engine });
  } finally {
    await reader.close();
  }
}

async function listFramesBy(
  directory: string,
  boxes: string | undefined,
  activities: readonly string[],
): Promise<BoxedFrame[]> {
  if (boxes === undefined) return listFrames(directory, activities);
  const inside = join(directory, boxes);
  return (await readListedFrames(directory, (await exists(inside)) ? inside : boxes, activities)).frames;
}

/** @param count of items at a time: frames keep all threads busy alone, and are timed */
async function withProgress<T, R>(
  items: readonly T[],
  count: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  const progress = startProgress('evaluating', items.length);
  try {
    for await (const one of ahead(items, count, task)) {
      done.push(one);
      progress.step();
    }
    return done;
  } finally {
    progress.stop();
  }
}

function nothing(directory: string, files: readonly { readonly file: string }[]): SurfwatchError {
  const first = files.find((file): file is FailedFile => 'error' in file);
  const reason = first === undefined ? '' : `; ${first.file}: ${first.error.message}`;
  return new SurfwatchError('dataset-unreadable', `nothing in ${directory} could be evaluated${reason}`);
}

interface FailedFile {
  readonly file: string;
  readonly error: { readonly message: string };
}
