import { mix, type Rgb, scaled } from './colour.ts';
import type { Ground } from './ground.ts';
import { sample, sharedTextures } from './noise.ts';
import type { Scene } from './scene.ts';
import { type Wave, waterAt } from './swell.ts';
import { type Geometry, hazeAt } from './view.ts';

/** Draws one wave over the sea: a steep green face, and white water where it has broken. */
export function drawWave(
  pixels: Uint8ClampedArray,
  ground: Ground,
  scene: Scene,
  geometry: Geometry,
  wave: Wave,
): void {
  const { width, height, unit } = geometry;
  const { look } = scene;
  const { soft } = sharedTextures();
  const near = geometry.nearness(wave.crest);
  const haze = hazeAt(look.hazeDensity, near);
  const water = waterAt(look, near);
  const back = mix(scaled(water, 0.86), look.haze, haze);
  const hollow = mix(scaled(water, 0.62), look.haze, haze);
  const green = mix(mix(scaled(water, 1.06), [60, 150, 130], 0.22 * look.light[1]), look.haze, haze);
  const foam = mix(look.foam, look.haze, haze);
  const shadow = mix(mix(scaled(look.foam, 0.74), water, 0.25), look.haze, haze);
  const churn = scene.seconds * 14;
  const length = Math.max(1, wave.right - wave.left);
  for (let x = Math.max(0, Math.floor(wave.left)); x < Math.min(width, wave.right); x++) {
    const share = (x - wave.left) / length;
    const ends = Math.min(1, share * 5, (1 - share) * 5);
    const rise = ends * ends * (3 - 2 * ends) * wave.strength;
    const u = x / unit + wave.phase * 7;
    const ragged = sample(soft, u * 0.35, wave.phase) / 127;
    const inFoam = Math.min(x - wave.foamLeft, wave.foamRight - x) + ragged * 8 * unit;
    const broken = Math.min(1, inFoam / Math.max(20 * unit, wave.height * 2));
    const isFoam = broken > 0;
    const tall = wave.height * rise * (isFoam ? 0.72 + 0.3 * ragged + 0.25 * (1 - broken) : 1);
    if (tall < 0.8) continue;
    const bow = Math.sin(share * Math.PI) * 3 * unit + ragged * 2.5 * unit;
    const spray = isFoam
      ? (sample(soft, u * 2.3, wave.phase + churn) / 127 + 0.25) * wave.height * 0.24 * broken
      : 0;
    const top = wave.crest + bow + (wave.height * rise - tall) * 0.6;
    const bottom = top + tall;
    const skirt = isFoam ? tall * 0.75 * broken : 0;
    // Next to where it breaks only the lip has come down yet.
    const fallen = 0.1 + 0.9 * broken * broken * (3 - 2 * broken);
    for (let y = Math.max(0, Math.floor(top - spray - 2)); y < Math.min(height, bottom + skirt); y++) {
      const index = y * width + x;
      if (ground.open[index] === 0 || y < geometry.horizonAt(x)) continue;
      const down = (y - top) / tall;
      const to = index * 3;
      if (broken < 1 && down >= 0 && down <= 1) {
        const rib = sample(soft, u * 2.1, down * 26 + wave.phase) / 127;
        const cover = 0.92 * Math.min(1, (1 - down) * 3, 0.4 + down * 6) * Math.min(1, rise * 1.2);
        const steep = down < 0.22 ? 0 : Math.min(1, (down - 0.22) / 0.5);
        blend(pixels, to, mix(down < 0.12 ? back : green, hollow, steep), 1 + 0.1 * rib, cover);
      }
      if (isFoam) {
        const grain = sample(soft, u * 1.5 + churn * 0.2, (y / unit) * 2.2 - churn + wave.phase) / 127;
        const fine = sample(soft, u * 6, (y / unit) * 7 - churn) / 127;
        // Above the crest spray thins out, below the fallen part foam breaks up into patches.
        const over = down - fallen;
        const thin =
          down < 0 ? 1 + (y - top) / Math.max(1, spray) : over > 0 ? 0.9 - 2 * over + grain * 1.5 : 1.6;
        const cover = Math.min(1, thin + grain * 0.6) * Math.min(1, broken * 3) * Math.min(1, rise * 1.5);
        const light = Math.max(0, Math.min(1, 0.85 - 0.75 * down + grain * 0.55 + fine * 0.3));
        if (cover > 0) blend(pixels, to, mix(shadow, foam, light), 1, cover);
      }
    }
  }
}

function blend(pixels: Uint8ClampedArray, to: number, colour: Rgb, gain: number, cover: number): void {
  for (let c = 0; c < 3; c++) {
    const under = pixels[to + c] as number;
    pixels[to + c] = under + ((colour[c] as number) * gain - under) * cover;
  }
}
