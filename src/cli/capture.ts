/** `surfwatch capture`: has a running daemon take a picture now and judge it. */
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf, SurfwatchError } from '../errors.ts';
import { colours as pc } from './colours.ts';
import { captureAnswer, readAnswer } from './daemon/answers.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { activityInWords, localTime } from './daemon/words.ts';

interface CaptureFlags extends DaemonFlags {
  readonly keep: boolean;
  readonly output?: string;
  readonly width?: number;
}

export function captureCommand(): Command {
  return addDaemonOptions(new Command('capture'))
    .description('have a running daemon take a picture now and judge it')
    .option('-k, --keep', 'keep the frame in the archive, where it can be labelled', false)
    .option('-o, --output <file>', 'write the picture to this file, as JPEG')
    .option('-w, --width <pixels>', 'width of the written picture', pixels)
    .addHelpText('after', HELP)
    .action(capture);
}

const HELP = `${WHERE_IT_IS}

The picture is judged on its own, without regard to earlier ones; with learning.pixelate it shows only blocks outside
the zones. While the daemon is paused, the command fails with capture-paused, exit status 1. Slow cameras may need a longer
--timeout, at most 30s.

Examples:
  $ surfwatch capture
  $ surfwatch capture --output now.jpg --width 1280
  $ surfwatch capture --keep --json | jq -r .frame
`;

async function capture({ keep, output, width, ...flags }: CaptureFlags): Promise<void> {
  const args = { keep, jpeg: output !== undefined, ...(width !== undefined && { width }) };
  const data = await askDaemon(flags, daemon =>
    daemon.request('capture', args, { timeoutMs: flags.timeout }),
  );
  const answer = readAnswer('capture', captureAnswer, data);
  const { jpeg, frame, takenAt, scores, keep: kept } = answer;
  if (output !== undefined) await save(output, jpeg);
  if (flags.json) {
    const { jpeg: _, ...rest } = data as Record<string, unknown>;
    return console.log(JSON.stringify(output === undefined ? rest : { ...rest, file: output }));
  }
  console.log(activityInWords(answer, pc.bold));
  console.log(`frame  ${frame}, ${localTime(takenAt)}`);
  for (const [name, score] of Object.entries(scores)) console.log(`${name.padEnd(12)} ${score.toFixed(3)}`);
  if (kept !== undefined) console.log(`archive: ${kept}`);
  if (output !== undefined) console.log(`written to ${output}`);
}

async function save(file: string, jpeg = ''): Promise<void> {
  try {
    await writeFile(file, Buffer.from(jpeg, 'base64'));
  } catch (error) {
    throw new SurfwatchError('output-unwritable', messageOf(error), { cause: error });
  }
}

function pixels(text: string): number {
  const width = Number(text);
  if (Number.isInteger(width) && width >= 16 && width <= 4096) return width;
  throw new InvalidArgumentError('It must be a whole number from 16 to 4096.');
}
