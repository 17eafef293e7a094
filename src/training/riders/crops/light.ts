/** Changes light, colour, sharpness, noise and compression, as weather, lenses and cameras do. */
import sharp from 'sharp';
import type { Random } from '../../../base/random.ts';

/** All that is drawn at once, so that what is made side by side does not change what each other draws. */
interface Change {
  readonly colour: {
    readonly saturation: number;
    readonly contrast: number;
    readonly brightness: number;
    readonly tint: readonly [number, number, number];
  } | null;
  /** Standard deviation in pixels: above 0 softens, below 0 sharpens. */
  readonly focus: number;
  readonly sharpening: number;
  readonly noise: { readonly amount: number; readonly coloured: boolean; readonly seed: number } | null;
  /** JPEG's; null for none. */
  readonly quality: number | null;
  readonly mirrored: boolean;
}

export function drawChange(random: Random): Change {
  const chance = (share: number) => random.next() < share;
  const tint = () => random.between(0.9, 1.1);
  const colour = chance(0.8)
    ? {
        saturation: random.between(chance(0.2) ? 0.1 : 0.6, 1.4),
        contrast: random.between(0.6, 1.35),
        brightness: random.between(0.65, 1.3),
        tint: [tint(), tint(), tint()] as const,
      }
    : null;
  const focus = chance(0.25) ? random.between(0.4, 1.3) : chance(0.33) ? -random.between(0.7, 1.5) : 0;
  return {
    colour,
    focus,
    sharpening: random.between(0.3, 1.5),
    noise: chance(0.3)
      ? { amount: random.between(1, 9), coloured: chance(0.5), seed: random.below(NOISE) }
      : null,
    quality: chance(0.4) ? Math.round(random.between(25, 90)) : null,
    mirrored: chance(0.5),
  };
}

/** @param rgb [height, width, 3]; it may be changed @returns the same, or others of the same size */
export async function changeLight(
  rgb: Uint8Array,
  width: number,
  height: number,
  change: Omit<Change, 'mirrored'>,
): Promise<Uint8Array> {
  if (change.colour !== null) recolour(rgb, change.colour);
  const raw = { raw: { width, height, channels: 3 as const } };
  let seen = rgb;
  if (change.focus !== 0) {
    const blurred = await sharp(rgb, raw).blur(Math.abs(change.focus)).raw().toBuffer();
    if (change.focus > 0) seen = blurred;
    else sharpen(rgb, blurred, change.sharpening);
  }
  if (change.noise !== null) addNoise(seen, change.noise);
  if (change.quality === null) return seen;
  return sharp(await sharp(seen, raw).jpeg({ quality: change.quality }).toBuffer())
    .raw()
    .toBuffer();
}

function recolour(
  rgb: Uint8Array,
  { saturation, contrast, brightness, tint }: NonNullable<Change['colour']>,
) {
  let sum = 0;
  for (let at = 0; at < rgb.length; at += 16) sum += rgb[at] as number;
  const mean = sum / Math.ceil(rgb.length / 16);
  const [red, green, blue] = tint;
  const shift = mean * (brightness - contrast);
  for (let at = 0; at < rgb.length; at += 3) {
    const [r, g, b] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
    const grey = ((r + g + b) / 3) * (1 - saturation);
    rgb[at] = byte(((grey + r * saturation) * contrast + shift) * red);
    rgb[at + 1] = byte(((grey + g * saturation) * contrast + shift) * green);
    rgb[at + 2] = byte(((grey + b * saturation) * contrast + shift) * blue);
  }
}

function sharpen(rgb: Uint8Array, blurred: Uint8Array, amount: number) {
  for (let at = 0; at < rgb.length; at++) {
    const value = rgb[at] as number;
    rgb[at] = byte(value + (value - (blurred[at] as number)) * amount);
  }
}

/** Normal numbers that noise is taken from: a power of two. */
const NOISE = 65_536;
let normals: Float32Array | undefined;

function normalNumbers(): Float32Array {
  if (normals !== undefined) return normals;
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  // Box and Muller 1958.
  normals = Float32Array.from(
    { length: NOISE },
    () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
  return normals;
}

function addNoise(rgb: Uint8Array, { amount, coloured, seed }: NonNullable<Change['noise']>) {
  const numbers = normalNumbers();
  for (let at = 0; at < rgb.length; at++) {
    // A step that shares no factor with the table's length, so that rows don't repeat.
    const place = coloured ? at * 7 + seed : Math.floor(at / 3) * 7 + seed;
    rgb[at] = byte((rgb[at] as number) + amount * (numbers[place & (NOISE - 1)] as number));
  }
}

function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}
