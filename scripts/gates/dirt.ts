/** The gate for dirt: each camera is watched for days, then goes on clean, then soiled in many ways. Nothing here was learnt from. */
import sharp from 'sharp';
import { createRandom } from '../../src/base/random.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { type DirtState, watchDirt } from '../../src/vision/quality/dirt.ts';
import {
  type AreaSoiling,
  loadSoiling,
  SOILING_COLUMNS,
  type Soiling,
  soilingOf,
} from '../../src/vision/soiling.ts';
import { type AreaReader, openAreaReader } from '../soiling/areas.ts';
import { DIRT, spoil } from '../spoil.ts';
import { type Calls, counted } from './singles.ts';

const BACKBONE = 'models/backbone/surfwatch-mobilenetv2-v3';
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
  const { manifest } = await loadBackboneBundle(BACKBONE);
  const readOut = await loadSoiling(BACKBONE, manifest);
  if (readOut === null) throw new Error(`${BACKBONE} has no read-out for dirt`);
  const eye = { reader: await openAreaReader(BACKBONE), readOut };
  const good: Record<string, Calls> = {};
  const spoilt: Record<string, Calls> = {};
  const said = ({ dirty }: DirtState) => (dirty ? 'lens-dirty' : 'ok');
  for await (const { name, learn, good: later, looks = LOOKS } of cameras) {
    let state: DirtState | null = null;
    let atMs = 0;
    const see = (before: DirtState | null, soiling: AreaSoiling) => {
      atMs += STEP_MS;
      return watchDirt(before, soiling, atMs);
    };
    const first = await all(learn, picture => soilingSeen(eye, picture));
    do {
      for (const soiling of first) for (let look = 0; look < looks; look++) state = see(state, soiling);
    } while (atMs < LEARNT_MS);
    const learnt = state;
    for (const soiling of await all(later, picture => soilingSeen(eye, picture))) {
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
          return soilingSeen(eye, await spoil(picture, how, () => random.next()));
        });
        let faulty = learnt;
        for (let step = 0; step < SOILED; step++)
          faulty = see(faulty, soiled[step % soiled.length] as AreaSoiling);
        spoilt[way] = counted(spoilt[way], faulty === null ? 'ok' : said(faulty));
      }
    }
  }
  await eye.reader.close();
  return { good, spoilt };
}

async function all<A, B>(items: readonly A[], of: (item: A) => Promise<B>): Promise<B[]> {
  const result: B[] = [];
  for (const item of items) result.push(await of(item));
  return result;
}

async function soilingSeen(
  { reader, readOut }: { readonly reader: AreaReader; readonly readOut: Soiling },
  { rgb, width, height }: RawPicture,
): Promise<AreaSoiling> {
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
  const seen = { rgb: new Uint8Array(await sharp(jpeg).raw().toBuffer()), width, height };
  return soilingOf(readOut, await reader.vectorsOf(seen), SOILING_COLUMNS);
}
