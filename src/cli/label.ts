/** `surfwatch label`: tells a running daemon what is in frames it saw, or in other pictures. */
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { Command, type Command as Commander, InvalidArgumentError } from 'commander';
import { NONE } from '../base/activities.ts';
import type { RiderPoint } from '../messaging/label-payload.ts';
import { parseLabelsLevel } from '../messaging/label-topic.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { labelFrames, sendPictures, undoLabels } from './daemon/send-labels.ts';
import { showNext } from './daemon/show-next.ts';
import { wholeNumber } from './parse.ts';

interface LabelFlags extends DaemonFlags {
  readonly as?: readonly string[];
  readonly rider?: readonly RiderPoint[];
  readonly confirm: boolean;
  readonly not?: readonly number[];
  readonly also?: readonly RiderPoint[];
  readonly complete: boolean;
  readonly new: boolean;
  readonly undo: boolean;
  readonly image?: readonly string[];
  readonly next?: number | true;
  readonly sheet?: string;
  readonly by?: string;
}

/** As many as are looked through at a time. */
const NEXT = 10;

export function labelCommand(): Command {
  return addDaemonOptions(new Command('label'))
    .description('tell a running daemon what a frame shows; it learns from that at the next retraining')
    .argument(
      '[frames...]',
      'ids of frames, as in surf/activity; - reads them from standard input, one per line',
    )
    .option('-a, --as <labels>', 'what the frame shows: surfing, surfing+kitesurfing, none', labels)
    .option(
      '--rider <x,y=activity>',
      'a rider in it, at fractions of its width and height; repeat for others',
      riders,
    )
    .option('--confirm', 'the daemon’s detections in it are right: the numbers on the sheet of --next', false)
    .option('--not <numbers>', 'like --confirm, but nobody is at these numbers', numbers)
    .option('--also <x,y=activity>', 'like --confirm, plus this rider; repeat for others', riders)
    .option('--complete', 'with riders: nobody else is in the frame', false)
    .option('--new', 'allow an activity that no head knows yet', false)
    .option('--undo', 'take back the last label of the frames', false)
    .option('--image <files...>', 'send pictures from anywhere (JPEG, PNG, WebP) to learn from')
    .option(
      '--next [count]',
      `list the frames most worth labelling, and why (default: ${NEXT})`,
      wholeNumber(1),
    )
    .option('--sheet <file>', 'with --next: write a page that shows them, with the commands to copy (.html)')
    .option('--by <name>', 'who says so (default: your login name)')
    .addHelpText('after', HELP)
    .action(label);
}

const HELP = `
--as is about the whole picture: name every activity in it, or none. Pointing at the riders teaches more, from fewer frames:
X and Y are fractions, 0,0 the upper left corner and 1,1 the lower right. Without --complete nothing is learnt from the rest of
the frame; with it, the rest counts as background, which helps as much as the riders do. A frame can be labelled while the
daemon remembers it: for some minutes after it was published, and as long as it is in the archive. The latest label wins.
${WHERE_IT_IS}

Examples:
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --as kitesurfing
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --as surfing+kitesurfing
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --rider 0.41,0.63=surfing --rider 0.47,0.62=surfing --complete
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --confirm --complete
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --not 2,5 --also 0.52,0.6=surfing
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --undo
  $ surfwatch label --next --sheet next.html
  $ surfwatch label --image phone/*.jpg --as none
  $ jq -r .frame empty-beach.jsonl | surfwatch label --as none -
`;

async function label(frames: readonly string[], flags: LabelFlags, command: Commander): Promise<void> {
  const wrong = contradiction(frames, flags);
  if (wrong !== undefined) command.error(`error: ${wrong}`);
  const { next, image, timeout, json } = flags;
  const by = flags.by ?? loginName();
  const ids = frames.includes('-') ? await fromInput(frames) : frames;
  await askDaemon(flags, (daemon, { maxPictureBytes }) => {
    if (next !== undefined) {
      return showNext(daemon, { count: next === true ? NEXT : next, sheet: flags.sheet, flags });
    }
    if (flags.undo) return undoLabels(daemon, ids, { by, timeout, json });
    const said = { by, timeout, json, isNew: flags.new };
    const labels = flags.as ?? [];
    if (image !== undefined)
      return sendPictures(daemon, image, { ...said, labels, maxBytes: maxPictureBytes });
    return labelFrames(daemon, ids, { ...said, ...(isPointing(flags) ? pointed(flags) : { labels }) });
  });
}

function pointed({ rider, confirm, not, also, complete }: LabelFlags) {
  return {
    ...(rider !== undefined && { riders: rider }),
    ...(confirm && { confirm }),
    ...(not !== undefined && { not }),
    ...(also !== undefined && { also }),
    ...(complete && { complete }),
  };
}

function isPointing({ rider, confirm, not, also }: LabelFlags): boolean {
  return confirm || rider !== undefined || not !== undefined || also !== undefined;
}

/** What is wrong with how it was called, if something is. */
function contradiction(frames: readonly string[], flags: LabelFlags): string | undefined {
  const { as, rider, not, also, confirm, complete, undo, image, next, sheet } = flags;
  const points = isPointing(flags);
  const said = as !== undefined || points || complete;
  if (sheet !== undefined && next === undefined) return '--sheet goes with --next';
  if (next !== undefined) {
    return frames.length > 0 || said || undo || image !== undefined
      ? '--next only lists: label the frames that it names after it'
      : undefined;
  }
  if (image !== undefined && (frames.length > 0 || undo)) return '--image and frames exclude each other';
  if (image !== undefined && points)
    return '--image takes --as: lay a picture and its riders in the labels folder';
  if (image === undefined && frames.length === 0)
    return 'name the frames to be labelled, or give --image or --next';
  if (undo) {
    if (as !== undefined) return '--undo and --as exclude each other';
    return said ? '--undo goes without riders' : undefined;
  }
  if (as !== undefined && (points || complete))
    return '--as is about the whole frame: give it, or point at riders';
  if (rider !== undefined && (confirm || not !== undefined || also !== undefined))
    return '--rider replaces all riders: give it, or --confirm, --not and --also';
  if ((rider ?? not ?? also) !== undefined && frames.length !== 1)
    return 'places and numbers are of one frame: name that alone';
  return as === undefined && !points ? 'say what is in it with --as, --rider or --confirm' : undefined;
}

/** Empty for `none`. The daemon knows which names there are. */
function labels(given: string): string[] {
  if (given.trim() === '') throw new InvalidArgumentError('Name an activity, or none.');
  const names = parseLabelsLevel(given).map(name => name.trim());
  return names.length === 1 && names[0] === NONE ? [] : names;
}

/** `0.41,0.63=surfing`, added to those before. The daemon knows which names there are. */
function riders(given: string, before: readonly RiderPoint[] = []): RiderPoint[] {
  const [, x, y, activity] = /^\s*([\d.]+)\s*,\s*([\d.]+)\s*=\s*(\S+)\s*$/.exec(given) ?? [];
  const [left, top] = [Number(x), Number(y)];
  if (activity === undefined || !(left <= 1 && top <= 1))
    throw new InvalidArgumentError(
      'It must be such as 0.41,0.63=surfing, with shares of width and height, 0 to 1.',
    );
  return [...before, { x: left, y: top, activity }];
}

function numbers(given: string): number[] {
  const all = given.split(',').map(Number);
  if (all.every(number => Number.isInteger(number) && number >= 1)) return all;
  throw new InvalidArgumentError('It must be numbers of detections, such as 2,5.');
}

async function fromInput(frames: readonly string[]): Promise<string[]> {
  const lines = (await text(process.stdin)).split(/\s+/).filter(line => line !== '');
  return [...frames.filter(frame => frame !== '-'), ...lines];
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return '';
  }
}
