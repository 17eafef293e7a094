/** Draws pictures to learn from, and folders of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../../src/base/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A folder with these files. */
export async function folderOf(files: Record<string, string | Buffer>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

/** Sky, sea and a dozen things at random on a canvas of 320 × 240, as PNG: another seed, another picture. */
export function drawBeach(seed: number): Promise<Buffer> {
  const random = createRandom(seed);
  const horizon = Math.round(random.between(80, 140));
  const things = Array.from({ length: 12 }, () => {
    const [x, y] = [random.between(0, 320), random.between(0, 240)];
    const [rx, ry] = [random.between(6, 40), random.between(6, 40)];
    const grey = Math.round(random.between(0, 255));
    return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="rgb(${grey},${255 - grey},${grey})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240"
    fill="#9bd"/><rect y="${horizon}" width="320" height="240" fill="#257"/>${things.join('')}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

export async function jpegOf(picture: Buffer, quality = 85): Promise<Buffer> {
  return sharp(picture).jpeg({ quality }).toBuffer();
}

/** Nothing but sky and waves: pictures of different seeds differ in their noise alone. */
export async function drawSea(seed: number): Promise<Buffer> {
  const random = createRandom(seed);
  const rgb = new Uint8Array(320 * 240 * 3);
  for (let at = 0; at < rgb.length; at += 3) {
    const sea = at / 3 > 320 * 130;
    rgb.fill(Math.round((sea ? 70 : 190) + random.between(-1, 1) * (sea ? 30 : 3)), at, at + 3);
  }
  return sharp(rgb, { raw: { width: 320, height: 240, channels: 3 } })
    .blur(1.5)
    .jpeg({ quality: 90 })
    .toBuffer();
}
