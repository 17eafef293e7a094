/** Labels on their way to the daemon, and what it says to them. */
import sharp from 'sharp';
import { imageType } from '../../base/image-type.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { RiderPoint } from '../../messaging/label-payload.ts';
import type { Requester } from '../../messaging/request.ts';
import { EXIT } from '../exit.ts';
import { listPictures, readPicture } from '../pictures.ts';
import { startProgress } from '../progress.ts';
import { holdsAnswer, type LabelledAnswer, labelledAnswer, readAnswer } from './answers.ts';
import { countsInWords, labelsInWords, ridersInWords } from './words.ts';

interface Saying {
  readonly by: string;
  readonly timeout: number;
  readonly json: boolean;
}

interface Labelling extends Saying {
  /** An activity among them may be one that no head knows. */
  readonly isNew: boolean;
}

/** What is said of frames: activities of the whole, or riders in it. */
type OfFrames =
  | { readonly labels: readonly string[] }
  | {
      readonly riders?: readonly RiderPoint[];
      readonly confirm?: boolean;
      readonly not?: readonly number[];
      readonly also?: readonly RiderPoint[];
      readonly complete?: boolean;
    };

/** A command has at most 16 kB: 29 bytes a frame leave room for the rest. */
const FRAMES_AT_ONCE = 400;
/** More than any camera makes. */
const MAX_PICTURE_BYTES = 67_108_864;

/** All of them or, up to 400, none: the daemon writes a command as a whole. */
export async function labelFrames(
  daemon: Requester,
  frames: readonly string[],
  { by, isNew, timeout, json, ...said }: Labelling & OfFrames,
): Promise<void> {
  const labelled: LabelledAnswer['labelled'] = [];
  let counts: Readonly<Record<string, number>> = {};
  for (let start = 0; start < frames.length; start += FRAMES_AT_ONCE) {
    const some = frames.slice(start, start + FRAMES_AT_ONCE);
    const which = frames.length === 1 ? { frame: frames[0] } : { frames: some };
    const args = { ...which, ...said, by, way: 'cli', ...(isNew && { new: true }) };
    const data = await daemon.request('label', args, { timeoutMs: timeout });
    const answer = readAnswer('label', labelledAnswer, data);
    labelled.push(...answer.labelled);
    counts = answer.counts;
  }
  if (json) return console.log(JSON.stringify({ labelled, counts }));
  for (const line of labelledInWords(labelled)) console.log(line);
  console.log(`labels so far: ${countsInWords(counts)}`);
}

/** One line where all were labelled alike, else one a frame. */
function labelledInWords(labelled: LabelledAnswer['labelled']): string[] {
  const lines = labelled.map(({ frame, labels, pointing }) => ({
    frame,
    said: `${labelsInWords(labels)}${pointing === undefined ? '' : ridersInWords(pointing)}`,
  }));
  const [first] = lines;
  if (first !== undefined && lines.length > 1 && lines.every(({ said }) => said === first.said))
    return [`labelled ${lines.length} frames: ${first.said}`];
  return lines.map(({ frame, said }) => `labelled ${frame}: ${said}`);
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
  readonly labels: readonly string[];
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

/** Longer side in pixels and JPEG quality, best first. The daemon keeps no more than the first. */
const TRIES = [
  { side: 2560, quality: 90 },
  { side: 2560, quality: 80 },
  { side: 1920, quality: 80 },
  { side: 1280, quality: 80 },
] as const;

/**
 * The picture as it is, where it has at most `maxBytes`; else as an upright JPEG that has.
 *
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
async function fitPicture(picture: Buffer, maxBytes: number): Promise<Buffer> {
  // What is no picture the daemon says better.
  if (picture.length <= maxBytes || imageType(picture) === undefined) return picture;
  for (const { side, quality } of TRIES) {
    const smaller = await encoded(picture, side, quality);
    if (smaller.length <= maxBytes) return smaller;
  }
  throw new SurfwatchError('image-too-large', `it cannot be brought below ${maxBytes} bytes`);
}

async function encoded(picture: Buffer, side: number, quality: number): Promise<Buffer> {
  try {
    return await sharp(picture)
      .autoOrient()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality })
      .toBuffer();
  } catch (error) {
    throw new SurfwatchError('image-unreadable', messageOf(error), { cause: error });
  }
}
