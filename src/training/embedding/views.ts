/** Turns photos into the pictures the backbone sees: as they are, mirrored, and changed as light and lenses change them. */
import sharp, { type Sharp } from 'sharp';
import type { Random } from '../../base/random.ts';
import type { RawPicture } from '../../vision/decode.ts';

/**
 * A decoded picture that views are cut from.
 *
 * @param shortest pixels that the shorter side needs; a larger picture is shrunk to it while it is decoded
 */
export async function openPicture(bytes: Buffer, shortest?: number): Promise<RawPicture> {
  const upright = sharp(bytes, { failOn: 'error' }).autoOrient();
  const picture =
    shortest === undefined
      ? upright
      : upright.resize(shortest, shortest, { fit: 'outside', withoutEnlargement: true });
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

/** The whole picture squeezed to a square, as the daemon does. [input, input, 3] */
export function wholeView(picture: RawPicture, input: number): Promise<Uint8Array> {
  return squeeze(fromRaw(picture), input);
}

/** The square in the middle, where people aim the camera. [input, input, 3] */
export function middleView(picture: RawPicture, input: number): Promise<Uint8Array> {
  const { width, height } = picture;
  const side = Math.min(width, height);
  const [left, top] = [Math.round((width - side) / 2), Math.round((height - side) / 2)];
  return squeeze(fromRaw(picture).extract({ left, top, width: side, height: side }), input);
}

/** A random part of the picture (35–100 % of its area, aspect 0.6–1.7), changed as by {@link variedView}. */
export async function croppedView(picture: RawPicture, input: number, random: Random): Promise<Uint8Array> {
  // All is drawn before the first wait, so that views made side by side don't change what each other draws.
  const cut = fromRaw(picture).extract(randomCrop(picture, random));
  const variation = drawVariation(input, random);
  return variedView(await squeeze(cut, input), input, variation);
}

/** Left and right exchanged. @param pixels [input, input, 3] */
export function mirroredView(pixels: Uint8Array, input: number): Uint8Array {
  const mirrored = new Uint8Array(pixels.length);
  const row = input * 3;
  for (let start = 0; start < pixels.length; start += row) {
    for (let column = 0; column < row; column += 3) {
      const from = start + column;
      const to = start + row - 3 - column;
      mirrored[to] = pixels[from] as number;
      mirrored[to + 1] = pixels[from + 1] as number;
      mirrored[to + 2] = pixels[from + 2] as number;
    }
  }
  return mirrored;
}

/** How a view is changed. */
export interface Variation {
  readonly contrast: number;
  readonly brightness: number;
  readonly saturation: number;
  readonly mirrored: boolean;
  /** Side in pixels to which it is shrunk in between; null keeps it sharp. */
  readonly softSide: number | null;
}

/** Light, contrast and colour ±30 %, mirrored half of the time. */
export function drawVariation(input: number, random: Random): Variation {
  const contrast = random.between(0.7, 1.3);
  const brightness = random.between(0.7, 1.3);
  const saturation = random.between(0.7, 1.3);
  const mirrored = random.next() < 0.5;
  // Now and then as soft as a cheap or distant camera, lest sharpness becomes a cue.
  const soft = random.next() < 0.3;
  const softSide = soft ? Math.round(random.between(input * 0.3, input * 0.8)) : null;
  return { contrast, brightness, saturation, mirrored, softSide };
}

/** @param pixels [input, input, 3] */
export async function variedView(
  pixels: Uint8Array,
  input: number,
  variation: Variation,
): Promise<Uint8Array> {
  const turned = variation.mirrored ? mirroredView(pixels, input) : pixels;
  const seen = variation.softSide === null ? turned : await soften(turned, input, variation.softSide);
  return relit(seen, variation);
}

/** Plain sums instead of a perceptual colour space, which costs ten times as much and teaches the head the same. */
function relit(pixels: Uint8Array, { contrast, brightness, saturation }: Variation): Uint8Array {
  const changed = new Uint8ClampedArray(pixels.length);
  const gain = contrast * brightness;
  const shift = 128 * (1 - contrast);
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at] as number;
    const green = pixels[at + 1] as number;
    const blue = pixels[at + 2] as number;
    const grey = (0.299 * red + 0.587 * green + 0.114 * blue) * (1 - saturation);
    changed[at] = (red * saturation + grey) * gain + shift;
    changed[at + 1] = (green * saturation + grey) * gain + shift;
    changed[at + 2] = (blue * saturation + grey) * gain + shift;
  }
  return new Uint8Array(changed.buffer);
}

async function soften(pixels: Uint8Array, input: number, side: number): Promise<Uint8Array> {
  const picture = fromRaw({ rgb: pixels, width: input, height: input });
  const small = await picture.resize(side, side).jpeg({ quality: 60 }).toBuffer();
  return squeeze(sharp(small), input);
}

function fromRaw(picture: RawPicture): Sharp {
  return sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } });
}

function squeeze(picture: Sharp, input: number): Promise<Uint8Array> {
  return picture.resize(input, input, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
}

function randomCrop({ width, height }: RawPicture, random: Random) {
  const aspect = Math.exp(random.between(Math.log(0.6), Math.log(1.7)));
  const area = width * height * random.between(0.35, 1);
  const cropWidth = Math.min(width, Math.round(Math.sqrt(area * aspect)));
  const cropHeight = Math.min(height, Math.round(Math.sqrt(area / aspect)));
  return {
    left: random.below(width - cropWidth + 1),
    top: random.below(height - cropHeight + 1),
    width: cropWidth,
    height: cropHeight,
  };
}
