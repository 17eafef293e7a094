/** Somebody who labels the CC0 frames on the page and says what is there, as their boxes have it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { until } from '../support/until.ts';

const FOLDER = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0');
export const FRAMES = join(FOLDER, 'frames');

interface Box {
  readonly activity: string;
  /** x, y, width, height in shares. */
  readonly box: readonly [number, number, number, number];
  /** Nobody could say whether that is a rider. */
  readonly ignore?: boolean;
}

interface Surfer {
  readonly x: number;
  readonly y: number;
  readonly isSure: boolean;
}

export interface Reviewer {
  /** Labels the frame that the page asks about, by clicks; looks for more where it asks about none. @returns false where its picture was labelled before */
  review(page: Page): Promise<boolean>;
}

/** @param url of the daemon, which tells the picture of a frame */
export async function honestReviewer(url: string): Promise<Reviewer> {
  const boxes = JSON.parse(await readFile(join(FOLDER, 'boxes.json'), 'utf8')) as Record<string, Box[]>;
  const looks = await Promise.all(
    Object.keys(boxes).map(async file => ({ file, look: await lookOf(await readFile(join(FRAMES, file))) })),
  );
  const labelled = new Set<string>();

  const fileOf = async (page: Page): Promise<string> => {
    const source = (await page.locator('.stage > img').getAttribute('src')) ?? '';
    const look = await lookOf(new Uint8Array(await (await fetch(new URL(source, `${url}/`))).arrayBuffer()));
    const away = (other: Uint8Array) =>
      other.reduce((sum, value, at) => sum + Math.abs(value - (look[at] ?? 0)), 0);
    return looks.reduce((best, one) => (away(one.look) < away(best.look) ? one : best)).file;
  };

  return {
    review: async page => {
      const more = page.getByRole('button', { name: 'Look for more' });
      await page.locator('.stage > img').or(more).first().waitFor();
      if (await more.isVisible()) await more.click();
      await page.locator('.stage > img').waitFor();
      const shown = await page.locator('.stage > img').getAttribute('src');
      const file = await fileOf(page);
      const isNew = !labelled.has(file);
      if (isNew) {
        labelled.add(file);
        const surfers = (boxes[file] ?? [])
          .filter(({ activity }) => activity === 'surfing')
          .map(({ box: [x, y, w, h], ignore }) => ({ x: x + w / 2, y: y + h / 2, isSure: ignore !== true }));
        if (surfers.length === 0) await page.getByRole('button', { name: /^Nobody here/ }).click();
        else await sayWho(page, surfers);
      } else await page.getByRole('button', { name: /^Skip/ }).click();
      await until(
        async () => (await page.locator(`.stage > img[src="${shown}"]`).count()) === 0,
        'the next frame',
      );
      return isNew;
    },
  };
}

/** Marks this near to a surfer are theirs: shares of the frame's width and height. */
const NEAR = { x: 0.015, y: 0.03 };

interface Sight {
  readonly image: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** In shares of the picture. */
  readonly spots: readonly { readonly x: number; readonly y: number; readonly isRider: boolean }[];
}

/** In one question: a busy machine takes long for each. */
const SIGHT = `(() => {
  const { x, y, width, height } = document.querySelector('.stage > img').getBoundingClientRect();
  const spots = [...document.querySelectorAll('.spot')].map(spot => {
    const box = spot.getBoundingClientRect();
    return {
      x: (box.x + box.width / 2 - x) / width,
      y: (box.y + box.height / 2 - y) / height,
      isRider: spot.classList.contains('is-rider'),
    };
  });
  return { image: { x, y, width, height }, spots };
})()`;

async function sayWho(page: Page, surfers: readonly Surfer[]): Promise<void> {
  const { image, spots } = await page.evaluate<Sight>(SIGHT);
  const missed = new Set(surfers.filter(({ isSure }) => isSure));
  for (const [index, { x, y, isRider }] of spots.entries()) {
    const own = surfers.filter(one => Math.abs(x - one.x) < NEAR.x && Math.abs(y - one.y) < NEAR.y);
    for (const one of own) missed.delete(one);
    const isMeant = own.length === 0 ? false : isRider || own.some(({ isSure }) => isSure);
    if (isMeant === isRider) continue;
    const name = isMeant ? 'Surfing' : 'nobody';
    const row = page.locator('.marks li').nth(index);
    await row.getByRole('button', { name, exact: true }).dispatchEvent('click');
  }
  let count = spots.length;
  for (const { x, y } of missed) {
    const [left, top] = [image.x + x * image.width, image.y + y * image.height];
    // Who is hidden by a mark is marked by it.
    const isFree = await page.evaluate<boolean>(
      `document.elementFromPoint(${left}, ${top})?.closest('.spot') === null`,
    );
    if (!isFree) continue;
    await page.mouse.click(left, top);
    count += 1;
    await until(async () => (await page.locator('.spot').count()) === count, 'the rider that was added');
  }
  if (surfers.every(({ isSure }) => isSure)) await page.getByLabel('Everybody is marked').check();
  await page.locator('.actions .primary').click();
}

/** A few grey pixels, by which pictures are told apart. */
async function lookOf(jpeg: Uint8Array): Promise<Uint8Array> {
  return await sharp(jpeg).resize(32, 18, { fit: 'fill' }).greyscale().raw().toBuffer();
}
