/** `surfwatch label`: tells a running daemon what is in frames it saw, or in other pictures. */
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { Command, type Command as Commander, InvalidArgumentError } from 'commander';
import { NONE } from '../learning/data/labels.ts';
import { parseLabelsLevel } from '../learning/labels/names.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { labelFrames, sendPictures, undoLabels } from './daemon/send-labels.ts';
import { showNext } from './daemon/show-next.ts';
import { wholeNumber } from './parse.ts';

interface LabelFlags extends DaemonFlags {
  readonly as?: readonly string[];
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
    .description('tell a running daemon what was to be seen: it learns from that at the next retrain')
    .argument(
      '[frames...]',
      'ids of frames, as in surf/activity; - reads them from standard input, one a line',
    )
    .option('-a, --as <labels>', 'what is in it: surfing, surfing+kitesurfing, none', labels)
    .option('--new', 'allow an activity that no head knows yet', false)
    .option('--undo', 'take back what was said of the frames last', false)
    .option('--image <files...>', 'pictures from anywhere (JPEG, PNG, WebP), sent to be learnt from')
    .option(
      '--next [count]',
      `the frames that are worth a label most, and why (default: ${NEXT})`,
      wholeNumber(1),
    )
    .option('--sheet <file>', 'with --next: write a page that shows them, with the commands to copy (.html)')
    .option('--by <name>', 'who says so (default: your login name)')
    .addHelpText('after', HELP)
    .action(label);
}

const HELP = `
A label is about the whole picture: name every activity in it, or none. A frame can be labelled as long as the daemon
remembers it: for some minutes after it was published, and for as long as it is in the archive. What was said last holds.
${WHERE_IT_IS}

Examples:
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --as kitesurfing
  $ surfwatch label 01JWNB52Q8Z3V4C0E7XK9T5R2M --as surfing+kitesurfing
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
    const said = { labels: flags.as ?? [], by, timeout, json, isNew: flags.new };
    return image === undefined
      ? labelFrames(daemon, ids, said)
      : sendPictures(daemon, image, { ...said, maxBytes: maxPictureBytes });
  });
}

/** What is wrong with how it was called, if something is. */
function contradiction(
  frames: readonly string[],
  { as, undo, image, next, sheet }: LabelFlags,
): string | undefined {
  if (sheet !== undefined && next === undefined) return '--sheet goes with --next';
  if (next !== undefined) {
    return frames.length > 0 || as !== undefined || undo || image !== undefined
      ? '--next only lists: label the frames that it names after it'
      : undefined;
  }
  if (image !== undefined && (frames.length > 0 || undo)) return '--image and frames exclude each other';
  if (image === undefined && frames.length === 0)
    return 'name the frames to be labelled, or give --image or --next';
  if (undo) return as === undefined ? undefined : '--undo and --as exclude each other';
  return as === undefined ? 'say what is in it with --as' : undefined;
}

/** Empty for `none`. The daemon knows which names there are. */
function labels(given: string): string[] {
  if (given.trim() === '') throw new InvalidArgumentError('Name an activity, or none.');
  const names = parseLabelsLevel(given).map(name => name.trim());
  return names.length === 1 && names[0] === NONE ? [] : names;
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
