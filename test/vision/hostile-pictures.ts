/** Pictures that cost far more than their size. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Size } from '../../src/vision/cells/pyramid.ts';

export interface PngShape {
  readonly width: number;
  readonly height: number;
  /** A sample. */
  readonly bits?: 8 | 16;
  readonly channels?: 1 | 3 | 4;
  readonly interlaced?: boolean;
}

const COLOUR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;
/** Of Adam7: first column and row, steps (PNG specification, 8.2). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A black PNG that is right in all its parts. */
export function blackPng({ width, height, bits = 8, channels = 1, interlaced = false }: PngShape): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, COLOUR_TYPES[channels], 0, 0, interlaced ? 1 : 0], 8);
  const bytes = (interlaced ? PASSES : [[0, 0, 1, 1] as const]).reduce((sum, [left, top, right, down]) => {
    const [columns, rows] = [Math.ceil((width - left) / right), Math.ceil((height - top) / down)];
    return columns > 0 && rows > 0 ? sum + rows * (1 + columns * channels * (bits / 8)) : sum;
  }, 0);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(bytes), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A table with one code, of one bit: a run of blocks without anything new. */
const TABLE = Buffer.from(`ffc4001410${'01'}${'00'.repeat(15)}e0`, 'hex');
/**
 * The finest coefficients of the first component once more: none, in runs of 16,384 blocks, each of one bit for the code
 * and 14 of its length.
 */
function emptyScan({ width, height }: Size): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const runs = Buffer.alloc(Math.ceil((Math.ceil(blocks / 16_384) * 15) / 8));
  return Buffer.concat([Buffer.from('ffda0008010100013f00', 'hex'), runs]);
}

/** A progressive JPEG with this many scans beyond its ten, each in keeping with the standard. */
export async function jpegOfScans(
  more: number,
  between: Buffer = Buffer.alloc(0),
  size: Size = { width: 1280, height: 720 },
): Promise<Buffer> {
  const jpeg = await sharp({ create: { ...size, channels: 3, background: '#678' } })
    .jpeg({ progressive: true })
    .toBuffer();
  const end = jpeg.length - 2;
  const scans = Array<Buffer>(more).fill(Buffer.concat([between, emptyScan(size)]));
  return Buffer.concat([jpeg.subarray(0, end), TABLE, ...scans, jpeg.subarray(end)]);
}
