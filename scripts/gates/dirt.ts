/** The gate for dirt: each camera is watched for days, then goes on clean, then soiled in many ways. Nothing here was learnt from. */
import { basename, dirname } from 'node:path';
import sharp from 'sharp';
import { type Classifier, createClassifier } from '../../src/activity/classifier.ts';
import { createRandom } from '../../src/ops/random.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { type DirtState, watchDirt } from '../../src/vision/quality/dirt.ts';
import { DEFAULT_GATE_OPTIONS } from '../../src/vision/quality.ts';
import type { TileSoiling } from '../../src/vision/soiling.ts';
import { DIRT, spoil } from '../spoil.ts';
import { type Calls, counted } from './singles.ts';

const ZONE = { name: 'beach', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 4, rows: 3, overlap: 0.1 } };
const BACKBONE = 'models/backbone/surfwatch-mobilenetv2-1.0-224';
/** Between two pictures; each drawn one stands for 24 minutes of them. */
const STEP_MS = 180_000;
const LOOKS = 8;
/** A camera with few pictures sees them over and over for so long. */
const LEARNT_MS = 12 * 3_600_000;
/** Pictures of dirt: two hours; it counts as found by what is said at their end. */
const SOILED = 40;
const DRAWN = 4;

export interface Dirt {
  readonly good: Record<string, Calls>;
  /** By way, over all cameras. */
  readonly spoilt: Record<string, Calls>;
}

export interface DirtCamera {
  readonly name: string;
  readonly learn: readonly RawPicture[];
  readonly good: readonly RawPicture[];
  /** Looks at each picture. */
  readonly looks?: number;
}

/** @param places seeds of where the dirt is */
export async function measureDirt(
  cameras: AsyncIterable<DirtCamera>,
  places: readonly number[],
): Promise<Dirt> {
  const models = { dir: dirname(dirname(BACKBONE)), backbone: basename(BACKBONE), head: 'current' };
  const limits = { maxBytes: 50e6, maxPixels: 50e6 };
  const classifier = await createClassifier(models, { engine: 'auto', threads: 0, ...limits });
  const good: Record<string, Calls> = {};
  const spoilt: Record<string, Calls> = {};
  const said = ({ dirty }: DirtState) => (dirty ? 'lens-dirty' : 'ok');
  for await (const { name, learn, good: later, looks = LOOKS } of cameras) {
    let state: DirtState | null = null;
    let atMs = 0;
    const see = (before: DirtState | null, soiling: TileSoiling) => {
      atMs += STEP_MS;
      return watchDirt(before, soiling, atMs, DEFAULT_GATE_OPTIONS);
    };
    const first = await all(learn, picture => soilingOf(classifier, picture));
    do {
      for (const soiling of first) for (let look = 0; look < looks; look++) state = see(state, soiling);
    } while (atMs < LEARNT_MS);
    const learnt = state;
    for (const soiling of await all(later, picture => soilingOf(classifier, picture))) {
      for (let look = 0; look < looks; look++) {
        state = see(state, soiling);
        good[name] = counted(good[name], said(state));
      }
    }
    const drawn = later.filter((_, index) => index % Math.ceil(later.length / DRAWN) === 0);
    for (const [way, how] of Object.entries(DIRT)) {
      for (const place of places) {
        const soiled = await all(drawn, async picture => {
          // The same drops at the same places in every picture.
          const random = createRandom(place);
          return soilingOf(classifier, await spoil(picture, how, () => random.next()));
        });
        let faulty = learnt;
        for (let step = 0; step < SOILED; step++)
          faulty = see(faulty, soiled[step % soiled.length] as TileSoiling);
        spoilt[way] = counted(spoilt[way], faulty === null ? 'ok' : said(faulty));
      }
    }
  }
  await classifier.close();
  return { good, spoilt };
}

async function all<A, B>(items: readonly A[], of: (item: A) => Promise<B>): Promise<B[]> {
  const result: B[] = [];
  for (const item of items) result.push(await of(item));
  return result;
}

async function soilingOf(classifier: Classifier, { rgb, width, height }: RawPicture): Promise<TileSoiling> {
  const raw = { width, height, channels: 3 } as const;
  const { soiling } = await classifier.classify(await sharp(rgb, { raw }).jpeg({ quality: 90 }).toBuffer(), [
    ZONE,
  ]);
  if (soiling === null) throw new Error(`${BACKBONE} has no read-out for dirt`);
  return soiling;
}
