/**
 * Takes out of a JPEG what does not belong to the picture (place, time, device, thumbnails, comments, what follows its
 * end), without decoding it: the pixels stay as they are (segments of ITU-T T.81, annex B).
 */

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COM = 0xfe;
const [APP0, APP1, APP2, APP14, APP15] = [0xe0, 0xe1, 0xe2, 0xee, 0xef];
/** Length of JFIF up to its thumbnail, the length field included. */
const JFIF_BYTES = 16;
const ORIENTATION_TAG = 0x0112;

/** @returns the same pixels, upright the same way and in the same colours; null where the segments cannot be followed */
export function bareJpeg(jpeg: Uint8Array): Buffer | null {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.length);
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xff00 + SOI) return null;
  const parts: Buffer[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    if (marker === undefined) return null;
    // Fill bytes may go before a marker.
    if (marker === 0xff) at += 1;
    else if (marker === EOI) {
      parts.push(bytes.subarray(at, at + 2));
      return Buffer.concat(parts);
    } else {
      const end = segmentEnd(bytes, at);
      if (end === null) return null;
      const kept = keptOf(marker, bytes.subarray(at, end));
      if (kept !== null) parts.push(kept);
      at = end;
      if (marker !== SOS) continue;
      at = scanEnd(bytes, end);
      parts.push(bytes.subarray(end, at));
    }
  }
  // Cut short, as a camera on a poor line may leave it.
  return Buffer.concat(parts);
}

/** Null where it has none within the file. */
export function segmentEnd(bytes: Buffer, at: number): number | null {
  if (at + 4 > bytes.length) return null;
  const length = bytes.readUInt16BE(at + 2);
  const end = at + 2 + length;
  return length < 2 || end > bytes.length ? null : end;
}

/** Where the data of a scan ends: at a marker that is none of a restart, nor a byte FF of the data. */
export function scanEnd(bytes: Buffer, from: number): number {
  // Byte by byte: data may be nothing but FF, at each of which a search would begin anew.
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1] as number;
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return bytes.length;
}

function keptOf(marker: number, segment: Buffer): Buffer | null {
  const begins = (text: string) => segment.subarray(4, 4 + text.length).equals(Buffer.from(text, 'latin1'));
  if (marker === COM) return null;
  if (marker < APP0 || marker > APP15) return segment;
  if (marker === APP0) return begins('JFIF\0') ? withoutThumbnail(segment) : null;
  if (marker === APP1) return begins('Exif\0\0') ? orientationAlone(segment.subarray(10)) : null;
  if (marker === APP2) return begins('ICC_PROFILE\0') ? segment : null;
  // Of Adobe: how the colours are coded.
  return marker === APP14 && begins('Adobe') ? segment : null;
}

function withoutThumbnail(segment: Buffer): Buffer | null {
  if (segment.length < 2 + JFIF_BYTES) return null;
  const kept = Buffer.from(segment.subarray(0, 2 + JFIF_BYTES));
  kept.writeUInt16BE(JFIF_BYTES, 2);
  kept.writeUInt16BE(0, JFIF_BYTES);
  return kept;
}

/** An Exif segment that says which way is up and nothing else; null where that is as the picture lies. */
function orientationAlone(tiff: Buffer): Buffer | null {
  const orientation = orientationOf(tiff);
  if (orientation < 2 || orientation > 8) return null;
  // APP1, its length, `Exif`, TIFF (little-endian) with one directory of one entry.
  const segment = Buffer.from(
    'ffe10022457869660000' + '49492a0008000000' + '0100120103000100000000000000' + '00000000',
    'hex',
  );
  segment.writeUInt16LE(orientation, 28);
  return segment;
}

/** 1 where it is not said. Exif 2.32, 4.6.2. */
function orientationOf(tiff: Buffer): number {
  const order = tiff.subarray(0, 2).toString('latin1');
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return 1;
  const short = (at: number) =>
    at + 2 > tiff.length ? 0 : order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) return 1;
    if (short(at) === ORIENTATION_TAG) return short(at + 8);
  }
  return 1;
}
