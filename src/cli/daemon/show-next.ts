/** `surfwatch label --next`: what is worth a label most, in words and in pictures. */
import { mkdir } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import sharp from 'sharp';
import { replaceFile } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { labelSheetHtml, type SheetFrame } from '../../learning/sheet/label-sheet.ts';
import type { Requester } from '../../messaging/request.ts';
import { startProgress } from '../progress.ts';
import { printTable } from '../table.ts';
import { frameAnswer, type NextFrame, nextAnswer, readAnswer } from './answers.ts';
import { type DaemonFlags, repeatedFlags } from './options.ts';
import { decimals, localTime } from './words.ts';

interface NextOptions {
  readonly count: number;
  /** Where to write the page; it ends in `.html`. */
  readonly sheet: string | undefined;
  readonly flags: DaemonFlags;
}

/** Pixels: a frame is not read more finely. */
const WIDTH = 2560;

export async function showNext(daemon: Requester, { count, sheet, flags }: NextOptions): Promise<void> {
  const { timeout, json } = flags;
  if (sheet !== undefined && extname(sheet).toLowerCase() !== '.html')
    throw new SurfwatchError('sheet-unwritable', `${sheet}: its name must end in .html`);
  const data = await daemon.request('next', { count }, { timeoutMs: timeout });
  const { frames } = readAnswer('next', nextAnswer, data);
  if (sheet !== undefined) await writeSheet(daemon, frames, sheet, flags);
  if (json) console.log(JSON.stringify(data));
  else printNext(frames);
}

/** An answer to each question. */
const ASKED = {
  label: 'what goes on',
  points: 'who is a rider',
  none: 'is nobody there?',
} as const;

function printNext(frames: readonly NextFrame[]): void {
  if (frames.length === 0) {
    console.log('there is nothing in the archive that is worth a label');
    return;
  }
  const rows = frames.map(({ frame, takenAt, ask, activity, scores, reasons }) => [
    frame,
    localTime(takenAt),
    ASKED[ask],
    `${activity} ${decimals(scores[activity], 2)}`,
    reasons.join('; '),
  ]);
  printTable(['frame', 'taken', 'to be said', 'in doubt', 'why'], rows);
  console.log('\nsurfwatch label --next --sheet next.html   shows them, with the commands to copy');
}

async function writeSheet(
  daemon: Requester,
  frames: readonly NextFrame[],
  path: string,
  flags: DaemonFlags,
): Promise<void> {
  const progress = startProgress('fetching', frames.length);
  const shown: SheetFrame[] = [];
  try {
    for (const { frame, takenAt, reasons, scores, places } of frames) {
      const fetched = await fetchPicture(daemon, frame, flags.timeout);
      const activities = Object.keys(scores);
      shown.push({ frame, taken: localTime(takenAt), reasons, activities, places, ...fetched });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, labelSheetHtml({ where: repeatedFlags(flags), frames: shown }));
  } catch (error) {
    throw new SurfwatchError('sheet-unwritable', `${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function fetchPicture(
  daemon: Requester,
  frame: string,
  timeoutMs: number,
): Promise<Pick<SheetFrame, 'picture' | 'missing'>> {
  try {
    const data = await daemon.request('frame', { frame, width: WIDTH }, { timeoutMs });
    const jpeg = Buffer.from(readAnswer('frame', frameAnswer, data).jpeg, 'base64');
    const { width, height } = await sharp(jpeg).metadata();
    return { picture: { jpeg, width, height }, missing: '' };
  } catch (error) {
    // Where embeddings alone are kept there are none.
    if (!(error instanceof SurfwatchError) || !daemon.connected || error.code === 'daemon-silent')
      throw error;
    return { picture: null, missing: error.message };
  }
}
