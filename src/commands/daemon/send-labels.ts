/** Labels on their way to the daemon, and what it says to them. */
import { SurfwatchError } from '../../errors.ts';
import type { Requester } from '../../messaging/request.ts';
import { EXIT } from '../exit.ts';
import { listPictures, readPicture } from '../pictures.ts';
import { startProgress } from '../progress.ts';
import { holdsAnswer, labelledAnswer, readAnswer } from './answers.ts';
import { fitPicture } from './fit-picture.ts';
import { countsInWords, labelsInWords } from './words.ts';

interface Saying {
  readonly by: string;
  readonly timeout: number;
  readonly json: boolean;
}

interface Labelling extends Saying {
  readonly labels: readonly string[];
  /** An activity among them may be one that no head knows. */
  readonly isNew: boolean;
}

/** A command has at most 16 kB: 29 bytes a frame leave room for the rest. */
const FRAMES_AT_ONCE = 400;
/** More than any camera makes. */
const MAX_PICTURE_BYTES = 67_108_864;

/** All of them or, up to 400, none: the daemon writes a command as a whole. */
export async function labelFrames(
  daemon: Requester,
  frames: readonly string[],
  { labels, by, isNew, timeout, json }: Labelling,
): Promise<void> {
  const labelled: { frame: string; labels: readonly string[] }[] = [];
  let counts: Readonly<Record<string, number>> = {};
  for (let start = 0; start < frames.length; start += FRAMES_AT_ONCE) {
    const some = frames.slice(start, start + FRAMES_AT_ONCE);
    const args = { frames: some, labels, by, way: 'cli', ...(isNew && { new: true }) };
    const data = await daemon.request('label', args, { timeoutMs: timeout });
    const answer = readAnswer('label', labelledAnswer, data);
    labelled.push(...answer.labelled);
    counts = answer.counts;
  }
  if (json) return console.log(JSON.stringify({ labelled, counts }));
  const what = labelled.length === 1 ? labelled[0]?.frame : `${labelled.length} frames`;
  console.log(`labelled ${what}: ${labelsInWords(labels)}`);
  console.log(`labels so far: ${countsInWords(counts)}`);
}

/** Takes back the newest label of each. */
export async function undoLabels(
  daemon: Requester,
  frames: readonly string[],
  { by, timeout, json }: Saying,
): Promise<void> {
  const undone = [];
  for (const frame of frames) {
    const data = await daemon.request('label', { frame, undo: true, by, way: 'cli' }, { timeoutMs: timeout });
    const answer = readAnswer('label', holdsAnswer, data);
    undone.push(answer);
    if (json) continue;
    console.log(`${answer.frame}  ${answer.labels === null ? 'no label' : labelsInWords(answer.labels)}`);
  }
  if (json) console.log(JSON.stringify({ undone }));
}

export interface Sending extends Labelling {
  /** Larger pictures are made smaller. */
  readonly maxBytes: number;
}

/** One after the other; one that is refused does not keep the others back, but counts in the exit status. */
export async function sendPictures(
  daemon: Requester,
  paths: readonly string[],
  { labels, timeout, json, maxBytes }: Sending,
): Promise<void> {
  const listed = await listPictures(paths);
  const progress = startProgress('sending', process.stdout.isTTY ? 0 : listed.length);
  const sent = [];
  for (const one of listed) {
    try {
      if ('error' in one) throw one.error;
      const jpeg = await fitPicture(await readPicture(one.file, MAX_PICTURE_BYTES), maxBytes);
      const data = await daemon.publishImage(labels, jpeg, { timeoutMs: timeout });
      const { frame } = readAnswer('label', holdsAnswer, data);
      sent.push({ file: one.file, frame, labels });
      if (!json) console.log(`${one.file}  ${frame}  ${labelsInWords(labels)}`);
    } catch (error) {
      if (!(error instanceof SurfwatchError) || !daemon.connected || error.code === 'daemon-silent')
        throw error;
      process.exitCode = EXIT.failure;
      sent.push({ file: one.file, error: { code: error.code, message: error.message } });
      if (!json) console.error(`${one.file}: ${error.code}: ${error.message}`);
    } finally {
      progress.step();
    }
  }
  progress.stop();
  if (json) console.log(JSON.stringify({ sent }));
}
