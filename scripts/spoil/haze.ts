/** Fog, condensation and wrong focus: nothing is covered, but contrast or detail is gone. */
import sharp from 'sharp';
import type { RawPicture } from '../../src/vision/decode.ts';
import { blended, encoded, linear, mapped, type Spoiling, smoothstep, softNoise } from './pixels.ts';

/** The same fog over all: contrast falls to `share`, and grey light takes the rest. */
export function evenFog(share: number): Spoiling {
  return (picture, random) => {
    const light = 140 + 80 * random();
    return mapped(picture, level => level * share + light * (1 - share));
  };
}

/** Koschmieder's law: light from a depth d falls to exp(-d × density); the depth grows from the bottom to the horizon. */
export function deepFog(density: number): Spoiling {
  return (picture, random) => {
    const air = [0.5, 0.52, 0.55].map(light => light * (0.7 + 0.5 * random()));
    const horizon = picture.height * (0.25 + 0.15 * random());
    return mapped(picture, (level, _, y, channel) => {
      const depth = y <= horizon ? 3 : Math.min(3, 0.35 / ((y - horizon) / picture.height + 0.12));
      const through = Math.exp(-density * depth);
      return encoded(linear(level) * through + (air[channel] as number) * (1 - through));
    });
  };
}

/** Gaussian blur, its sigma a share of the width. */
export async function blurred(picture: RawPicture, share: number): Promise<RawPicture> {
  const { width, height } = picture;
  const raw = { width, height, channels: 3 } as const;
  return {
    width,
    height,
    rgb: await sharp(picture.rgb, { raw })
      .blur(share * width)
      .raw()
      .toBuffer(),
  };
}

export const blur =
  (share: number): Spoiling =>
  picture =>
    blurred(picture, share);

/** Out of focus: each point a disc, its radius a share of the width, in linear light. */
export function defocus(share: number): Spoiling {
  return picture => {
    const { width, height, rgb } = picture;
    const radius = share * width;
    const whole = Math.floor(radius);
    const chords = Array.from({ length: 2 * whole + 1 }, (_, i) =>
      Math.floor(Math.sqrt(Math.max(0, radius ** 2 - (i - whole) ** 2))),
    );
    const sums = new Float64Array((width + 1) * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const to = (y * (width + 1) + x + 1) * 3;
        for (let c = 0; c < 3; c++)
          sums[to + c] = (sums[to - 3 + c] as number) + linear(rgb[(y * width + x) * 3 + c] as number);
      }
    }
    return mapped(picture, (_, x, y, channel) => {
      let sum = 0;
      let points = 0;
      for (let i = 0; i <= 2 * whole; i++) {
        const row = Math.max(0, Math.min(height - 1, y + i - whole)) * (width + 1);
        const left = Math.max(0, x - (chords[i] as number));
        const right = Math.min(width, x + (chords[i] as number) + 1);
        sum += (sums[(row + right) * 3 + channel] as number) - (sums[(row + left) * 3 + channel] as number);
        points += right - left;
      }
      return encoded(sum / points);
    });
  };
}

/** Water vapour on the dome: blurred and veiled but for a clear spot. */
export function condensation(strength: number): Spoiling {
  return async (picture, random) => {
    const { width, height } = picture;
    const soft = await blurred(picture, 0.02 * strength);
    const veiled = mapped(soft, level => level + (190 - level) * 0.45 * strength);
    const [x0, y0] = [random(), random()];
    const uneven = softNoise(width, height, 0.15, random);
    const mask = Float32Array.from({ length: width * height }, (_, at) => {
      const x = (at % width) / width;
      const y = Math.trunc(at / width) / height;
      return smoothstep(0.05, 0.2, Math.hypot(x - x0, y - y0) * (0.7 + 0.6 * (uneven[at] as number)));
    });
    return blended(picture, veiled, mask);
  };
}
