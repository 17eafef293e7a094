import { sample, sharedTextures } from './noise.ts';
import { random } from './random.ts';
import type { Scene } from './scene.ts';

/** What is between the scene and the sensor. */

/** Streaks of falling rain. */
export function drawRain(picture: Uint8ClampedArray, { width, height, look, camera }: Scene): void {
  const chance = random(camera.noiseSeed, 80);
  const unit = height / 720;
  const streaks = Math.round(420 * look.rain);
  for (let i = 0; i < streaks; i++) {
    const x = chance.between(0, width);
    const y = chance.between(0, height);
    const length = chance.between(8, 26) * unit;
    const bright = chance.between(0.06, 0.2);
    for (let d = 0; d < length; d++) {
      const column = Math.floor(x - d * 0.12);
      const row = Math.floor(y + d);
      if (column < 0 || row >= height) continue;
      const to = (row * width + column) * 3;
      for (let c = 0; c < 3; c++) {
        const under = picture[to + c] as number;
        picture[to + c] = under + ((look.haze[c] as number) + 20 - under) * bright;
      }
    }
  }
}

/** Salt, sand and water on the glass: a grey-brown veil of uneven thickness that takes most of the contrast. */
export function drawSoil(picture: Uint8ClampedArray, { width, height, look, camera, view }: Scene): void {
  const { soft } = sharedTextures();
  const unit = height / 720;
  const veil = [128 * look.light[0], 122 * look.light[1], 112 * look.light[2]] as const;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const thick = sample(soft, (x / unit) * 0.12 + view.seed * 13, (y / unit) * 0.12) / 127;
      const cover = Math.max(0, Math.min(0.97, camera.soil * (0.86 + 0.25 * thick)));
      const to = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const under = picture[to + c] as number;
        picture[to + c] = under + ((veil[c] as number) - under) * cover;
      }
    }
  }
}
