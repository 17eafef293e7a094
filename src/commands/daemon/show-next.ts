/** `surfwatch label --next`: what is worth a label most, in words and in pictures. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SurfwatchError } from '../../errors.ts';
import { writeContactSheet } from '../../learning/sheet/contact-sheet.ts';
import type { Requester } from '../../messaging/request.ts';
import { startProgress } from '../progress.ts';
import { printTable } from '../table.ts';
import { frameAnswer, type NextFrame, nextAnswer, readAnswer } from './answers.ts';
import { decimals, localTime } from './words.ts';

interface NextOptions {
  readonly count: number;
  readonly timeout: number;
  readonly json: boolean;
  /** Where to write the contact sheet. */
  readonly sheet: string | undefined;
}

/** Pixels: wide enough to see a rider ten pixels high. */
const WIDTH = 1280;

export async function showNext(daemon: Requester, options: NextOptions): Promise<void> {
  const { count, timeout, json, sheet } = options;
  const data = await daemon.request('next', { count }, { timeoutMs: timeout });
  const { frames } = readAnswer('next', nextAnswer, data);
  if (sheet !== undefined) await writeSheet(daemon, frames, sheet, timeout);
  if (json) console.log(JSON.stringify(data));
  else printNext(frames);
}

function printNext(frames: readonly NextFrame[]): void {
  if (frames.length === 0) {
    console.log('there is nothing in the archive that is worth a label');
    return;
  }
  const rows = frames.map(({ frame, takenAt, activity, scores, reasons }) => [
    frame,
    localTime(takenAt),
    `${activity} ${decimals(scores[activity], 2)}`,
    reasons.join('; '),
  ]);
  printTable(['frame', 'taken', 'in doubt', 'why'], rows);
  console.log('\nsurfwatch label FRAME --as surfing   tells what is to be seen in one');
}

async function writeSheet(
  daemon: Requester,
  frames: readonly NextFrame[],
  path: string,
  timeout: number,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'surfwatch-'));
  const progress = startProgress('fetching', frames.length);
  try {
    const pictures = [];
    for (const frame of frames) {
      const file = join(folder, `${frame.frame.replaceAll(/\W/g, '')}.jpg`);
      const missing = await fetchPicture(daemon, frame.frame, file, timeout);
      pictures.push({ frame, file, missing });
      progress.step();
    }
    const note =
      'surfwatch label FRAME --as surfing+kitesurfing tells what is in one; none where nothing is.';
    await writeContactSheet(path, {
      title: 'What to label next',
      sections: [
        {
          title: 'Where the doubt is',
          note: `The tile that decided. ${note}`,
          pictures: pictures.map(({ frame, file, missing }) => ({
            file,
            part: frame.rectangle,
            caption: `${frame.frame}\n${frame.activity} ${decimals(frame.scores[frame.activity], 2)}: ${frame.reasons.join('; ')}${missing}`,
          })),
        },
        {
          title: 'The whole frames',
          note: 'A label is about all of it.',
          pictures: pictures.map(({ frame, file, missing }) => ({
            file,
            caption: `${frame.frame}\n${localTime(frame.takenAt)}${missing}`,
          })),
        },
      ],
    });
  } finally {
    progress.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes it to `file`. @returns why there is none, as a line of a caption; empty where there is one */
async function fetchPicture(
  daemon: Requester,
  frame: string,
  file: string,
  timeoutMs: number,
): Promise<string> {
  try {
    const data = await daemon.request('frame', { frame, width: WIDTH }, { timeoutMs });
    const { jpeg } = readAnswer('frame', frameAnswer, data);
    await writeFile(file, Buffer.from(jpeg, 'base64'));
    return '';
  } catch (error) {
    // Where embeddings alone are kept there are none.
    if (!(error instanceof SurfwatchError) || !daemon.connected || error.code === 'daemon-silent')
      throw error;
    return `\n${error.message}`;
  }
}
