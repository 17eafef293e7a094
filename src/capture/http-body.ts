/** Takes the picture out of an HTTP response. */
import type { Dispatcher } from 'undici';
import { imageType } from '../base/image-type.ts';
import { SurfwatchError } from '../errors.ts';
import { JpegSplitter } from './jpeg-splitter.ts';

/** Cameras send pictures under these, or under nothing at all. */
const PICTURE_TYPES = /^(?:image\/.*|application\/octet-stream|binary\/octet-stream|)$/;

/**
 * The picture a response carries, or the first one of an MJPEG stream, which is then hung up.
 *
 * @throws SurfwatchError `camera-bad-response` when it carries none or is larger than `maxBytes`.
 */
export async function readPicture(
  { headers, body }: Dispatcher.ResponseData,
  origin: string,
  maxBytes: number,
): Promise<Buffer> {
  // What comes after the picture may fail as it likes.
  body.on('error', () => {});
  const refuse = (reason: string) => {
    body.destroy();
    return new SurfwatchError('camera-bad-response', `${origin}: ${reason}`);
  };
  const type = ([headers['content-type']].flat()[0] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/x-mixed-replace') {
    return (
      (await firstJpeg(body, maxBytes)) ??
      Promise.reject(refuse(`no JPEG in the first ${maxBytes} bytes of the stream`))
    );
  }
  if (!PICTURE_TYPES.test(type)) throw refuse(`the answer is ${type}, not a picture`);
  const bytes = await readAll(body, maxBytes);
  if (bytes === undefined) throw refuse(`the answer is larger than ${maxBytes} bytes`);
  if (imageType(bytes) === undefined)
    throw refuse(`the answer's ${bytes.length} bytes are no JPEG, PNG or WebP`);
  return bytes;
}

/** The whole body, or undefined when it is larger than `maxBytes`. */
async function readAll(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads no further than the end of the first JPEG: the parts' own headers hold nothing that is needed. */
async function firstJpeg(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | undefined> {
  const splitter = new JpegSplitter({ maxBytes });
  let size = 0;
  for await (const chunk of body) {
    const [picture] = splitter.push(chunk);
    if (picture !== undefined) return picture;
    size += chunk.length;
    if (size > maxBytes) return undefined;
  }
  return undefined;
}
