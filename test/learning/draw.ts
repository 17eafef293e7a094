/** Draws photos to learn from: no two alike, and each class with a mark of its own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom, type Random } from '../../src/base/random.ts';

const MARKS: Readonly<Record<string, string>> = {
  surfing: '<path d="M0 60 Q40 0 80 60 Z" fill="#fff"/>',
  windsurfing: '<path d="M40 0 L70 60 L30 60 Z" fill="#e22"/><path d="M20 62 H80 V68 H20 Z" fill="#111"/>',
  kitesurfing: '<path d="M0 20 Q40 -20 80 20 Q40 5 0 20 Z" fill="#fb0"/><path d="M40 10 V80" stroke="#111"/>',
};

/**
 * Draws `<folder>/<class>/0.jpg`, `1.jpg` and so on.
 *
 * @param counts number of photos by class, such as `surfing+kitesurfing` or `none`
 */
export async function drawPhotos(
  folder: string,
  counts: Readonly<Record<string, number>>,
  seed = 1,
): Promise<void> {
  for (const [kind, [name, count]] of Object.entries(counts).entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = 0; index < count; index++) {
      const random = createRandom(seed * 10_000 + kind * 1000 + index);
      await sharp(Buffer.from(sceneOf(name, random)))
        .jpeg()
        .toFile(join(folder, name, `${index}.jpg`));
    }
  }
}

function sceneOf(name: string, random: Random): string {
  const colour = () => `hsl(${random.below(360)} ${30 + random.below(50)}% ${25 + random.below(50)}%)`;
  const spots = Array.from({ length: 14 }, () => {
    const [x, y, w, h] = [random.below(240), random.below(180), 20 + random.below(90), 10 + random.below(70)];
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${colour()}"/>`;
  });
  const marks = name.split('+').map(activity => {
    const place = `translate(${30 + random.below(120)} ${20 + random.below(70)})`;
    return `<g transform="${place} scale(${1 + random.next()})">${MARKS[activity] ?? ''}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="180"><rect width="240" height="180" fill="${colour()}"/>${spots.join('')}${marks.join('')}</svg>`;
}
