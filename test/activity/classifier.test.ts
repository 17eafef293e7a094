import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Classifier,
  createClassifier,
  type ScoredTile,
  scoreZones,
} from '../../src/activity/classifier.ts';
import { scoreEmbeddings } from '../../src/activity/head.ts';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import { scoresOf } from '../../src/activity/scores.ts';
import { SHIPPED_MODELS } from '../../src/ops/paths.ts';
import { fc } from '../support/fast-check.ts';

const MODELS = { dir: SHIPPED_MODELS, backbone: 'surfwatch-mobilenetv2-1.0-224', head: 'current' };
const VISION = { engine: 'auto', threads: 1, maxPixels: 1_000_000, maxBytes: 1_000_000 } as const;
const ZONES = [{ name: 'beach', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 2, rows: 1, overlap: 0 } }];

/** The same, but of everything it says the opposite. */
function contraryOf(head: HeadBundle, id: string): HeadBundle {
  return {
    ...head,
    manifest: { ...head.manifest, id },
    outputKernel: head.outputKernel.map(value => -value),
    outputBias: head.outputBias.map(value => -value),
  };
}

describe('the head in use', () => {
  let classifier: Classifier;
  let picture: Buffer;
  let shipped: HeadBundle;
  beforeAll(async () => {
    classifier = await createClassifier(MODELS, VISION);
    shipped = classifier.head;
    const background = { r: 40, g: 110, b: 160 };
    picture = await sharp({ create: { width: 480, height: 240, channels: 3, background } })
      .jpeg()
      .toBuffer();
  });
  afterAll(() => classifier.close());

  it('finishes the picture it began, and the next one is scored by the new head alone', async () => {
    const contrary = contraryOf(shipped, 'contrary');
    const before = await classifier.classify(picture, ZONES);
    expect(before.head).toBe(shipped.manifest.id);
    const running = classifier.classify(picture, ZONES);
    classifier.useHead(contrary);
    expect(classifier.head === contrary).toBe(true);
    const during = await running;
    expect([during.head, during.tiles]).toEqual([before.head, before.tiles]);

    const after = await classifier.classify(picture, ZONES);
    expect(after.head).toBe('contrary');
    expect(Buffer.from(after.embeddings.buffer).equals(Buffer.from(before.embeddings.buffer))).toBe(true);
    const expected = scoreEmbeddings(contrary, after.embeddings, 2);
    expect(after.tiles.map(({ scores }) => scores)).toEqual(
      [0, 1].map(row => scoresOf(contrary.manifest, expected, row)),
    );
    expect(after.tiles).not.toEqual(before.tiles);
    classifier.useHead(shipped);
    expect((await classifier.classify(picture, ZONES)).tiles).toEqual(before.tiles);
  });

  it('is not replaced by one of another backbone', () => {
    const before = classifier.head;
    const backbone = { id: 'another', sha256: 'ef'.repeat(32) };
    const foreign = { ...shipped, manifest: { ...shipped.manifest, backbone } };
    const narrow = { ...shipped, manifest: { ...shipped.manifest, width: 640 } };
    for (const head of [foreign, narrow]) {
      expect(() => classifier.useHead(head)).toThrow(expect.objectContaining({ code: 'model-invalid' }));
    }
    expect(classifier.head === before).toBe(true);
  });

  it('may be chosen by another than the settings', async () => {
    const contrary = contraryOf(shipped, 'contrary');
    const chosen = await createClassifier(MODELS, VISION, undefined, async backbone => {
      expect(backbone).toEqual(shipped.manifest.backbone);
      return contrary;
    });
    expect(chosen.head === contrary).toBe(true);
    await chosen.close();
  });
});

const tile = (zone: string, x: number, surfing: number, kitesurfing = 0.1): ScoredTile => ({
  zone,
  rectangle: { x, y: 0, w: 0.1, h: 0.1 },
  scores: { surfing, kitesurfing },
});

describe('scoreZones', () => {
  it('leaves the scores of a single tile as they are', () => {
    const { beach } = scoreZones([tile('beach', 0, 0.7)]);
    expect(beach?.scores.surfing).toBeCloseTo(0.7);
    expect(beach?.scores.kitesurfing).toBeCloseTo(0.1);
  });

  it('divides the odds of the strongest tile by the number of tiles', () => {
    // Odds of 0.9 are 9; a third of that is 3, which is 0.75.
    const { beach } = scoreZones([tile('beach', 0, 0.2), tile('beach', 0.5, 0.9), tile('beach', 0.7, 0.4)]);
    expect(beach?.scores.surfing).toBeCloseTo(0.75);
    expect(beach?.tile.x).toBe(0.5);
  });

  it('keeps zones apart', () => {
    const zones = scoreZones([tile('north', 0, 0.9), tile('south', 0.5, 0.2)]);
    expect(Object.keys(zones)).toEqual(['north', 'south']);
    expect(zones.south?.scores.surfing).toBeCloseTo(0.2);
  });

  it('stays within 0..1, and rises with the strongest tile', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 30 }), scores => {
        const { beach } = scoreZones(scores.map((score, index) => tile('beach', index / 100, score)));
        const score = beach?.scores.surfing ?? Number.NaN;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(Math.max(...scores) + 1e-12);
      }),
    );
  });
});
