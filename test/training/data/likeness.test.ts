import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type Fingerprint, fingerprint } from '../../../src/training/data/fingerprint.ts';
import { likeness, onesOf, type PerceptualHash } from '../../../src/training/data/likeness.ts';
import { neighbours, RADIUS } from '../../../src/training/data/neighbours.ts';
import { fc } from '../../support/fast-check.ts';
import { drawBeach, folderOf } from './support.ts';

async function printOf(picture: Buffer): Promise<Fingerprint> {
  const found = await fingerprint(`${await folderOf({ 'a.jpg': picture })}/a.jpg`);
  if ('kind' in found) throw new Error(found.message);
  return found;
}

describe('likeness', () => {
  it.each<[string, (picture: Buffer) => Promise<Buffer>]>([
    ['saved again', picture => sharp(picture).jpeg({ quality: 40 }).toBuffer()],
    ['at half its size', picture => sharp(picture).resize(160).jpeg().toBuffer()],
    ['a little brighter', picture => sharp(picture).linear(1.1, 5).jpeg().toBuffer()],
    ['without colours', picture => sharp(picture).greyscale().webp().toBuffer()],
  ])('knows a picture %s', async (_, change) => {
    for (const seed of [1, 2, 3, 4]) {
      const picture = await drawBeach(seed);
      const [a, b] = await Promise.all([printOf(picture), printOf(await change(picture))]);
      expect(onesOf(a.hash[0] ^ b.hash[0]) + onesOf(a.hash[1] ^ b.hash[1])).toBeLessThanOrEqual(RADIUS);
      const { whole, details } = likeness(a.thumb, b.thumb);
      expect(whole).toBeGreaterThan(0.97);
      expect(details).toBeGreaterThan(0.9);
    }
  });

  it('tells different pictures apart, and plain ones are like none', async () => {
    const prints = await Promise.all([5, 6, 7, 8].map(async seed => printOf(await drawBeach(seed))));
    for (const [index, a] of prints.entries()) {
      for (const b of prints.slice(index + 1)) expect(likeness(a.thumb, b.thumb).details).toBeLessThan(0.45);
    }
    const plain = new Uint8Array(32 * 32).fill(90);
    expect(likeness(plain, plain)).toEqual({ whole: 0, details: 0 });
  });
});

describe('neighbours', () => {
  it('finds all pairs within its radius, each once, and no others', () => {
    const bits = fc.integer({ min: 0, max: 0xffffffff });
    const base = fc.tuple(bits, bits);
    // Hashes near a few others, so that there are pairs on both sides of the radius.
    const near = fc.tuple(fc.nat(3), fc.array(fc.nat(63), { maxLength: 14 }));
    fc.assert(
      fc.property(
        fc.array(base, { minLength: 4, maxLength: 4 }),
        fc.array(near, { maxLength: 40 }),
        (bases, changed) => {
          const hashes = changed.map(([from, flips]): PerceptualHash => {
            const [low, high] = [...(bases[from] as [number, number])];
            return flips.reduce<PerceptualHash>(
              ([l, h], bit) => (bit < 32 ? [(l ^ (1 << bit)) >>> 0, h] : [l, (h ^ (1 << (bit - 32))) >>> 0]),
              [low, high],
            );
          });
          const expected: string[] = [];
          for (const [later, hash] of hashes.entries()) {
            for (const [earlier, other] of hashes.slice(0, later).entries()) {
              if (countOnes(hash, other) <= RADIUS) expected.push(`${later} ${earlier}`);
            }
          }
          expect([...neighbours(hashes)].map(pair => pair.join(' ')).sort()).toEqual(expected.sort());
        },
      ),
    );
  });
});

function countOnes(a: PerceptualHash, b: PerceptualHash): number {
  const text = ((a[0] ^ b[0]) >>> 0).toString(2) + ((a[1] ^ b[1]) >>> 0).toString(2);
  return text.replaceAll('0', '').length;
}
