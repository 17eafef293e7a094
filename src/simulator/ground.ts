import sharp from 'sharp';
import { mix, type Rgb, rgb, scaled, tint } from './colour.ts';
import { hill, landmarks } from './landmarks.ts';
import type { Look } from './look.ts';
import { sample, sharedTextures } from './noise.ts';
import { lit, svg } from './shapes.ts';
import { type Geometry, geometryOf, hazeAt, type View } from './view.ts';

/** What stands still: sky, land and beach. The same for every frame of a view in one light, so it is kept. */
export interface Ground {
  /** Width × height × 3, RGB. The sea is left out. */
  readonly pixels: Uint8ClampedArray;
  /** Width × height: 1 where nothing stands before the sea or the beach. */
  readonly open: Uint8Array;
}

export async function drawGround(view: View, look: Look, width: number, height: number): Promise<Ground> {
  const ground = {
    pixels: new Uint8ClampedArray(width * height * 3),
    open: new Uint8Array(width * height).fill(1),
  };
  const geometry = geometryOf(view, width, height);
  sky(ground, geometry, look, view);
  headland(ground, geometry, look, view);
  beach(ground, geometry, look, view);
  await buildings(ground, geometry, look, view);
  foreground(ground, geometry, look, view);
  return ground;
}

function put(ground: Ground, index: number, colour: Rgb): void {
  ground.pixels[index * 3] = colour[0];
  ground.pixels[index * 3 + 1] = colour[1];
  ground.pixels[index * 3 + 2] = colour[2];
}

function sky(ground: Ground, geometry: Geometry, look: Look, view: View): void {
  const { width, height, horizon, unit } = geometry;
  const { soft } = sharedTextures();
  const bottom = Math.min(height, Math.ceil(horizon + 12 * unit));
  const sunX = look.sun.x * width;
  const sunY = look.sun.y * height;
  const glow = mix(look.skyLow, [255, 252, 240], 0.8);
  for (let y = 0; y < bottom; y++) {
    const low = Math.min(1, Math.max(0, y / Math.max(1, horizon)));
    const clear = mix(
      mix(look.skyTop, look.skyLow, low ** 1.3),
      look.haze,
      hazeAt(look.hazeDensity, Math.max(0.05, 1 - low)),
    );
    // Clouds flatten and crowd towards the horizon.
    const depth = 1 / (1.12 - low);
    for (let x = 0; x < width; x++) {
      const u = ((x - width / 2) / unit) * 0.16 * depth ** 0.6 + 300 + (view.seed % 83) * 97;
      const cloud = (sample(soft, u, depth * 95) + 0.4 * sample(soft, u * 3, depth * 300)) / 60;
      const cover = Math.min(1, Math.max(0, (cloud + look.cover * 2.4 - 1.3) * 0.8)) * (1 - 0.4 * low);
      const shade = scaled(look.cloud, 1 - 0.1 * Math.max(0, cloud));
      let colour = mix(clear, shade, cover * Math.exp(-look.hazeDensity * 8));
      if (look.sun.strength > 0) {
        const away = Math.hypot(x - sunX, y - sunY) / height;
        colour = mix(
          colour,
          glow,
          Math.min(
            1,
            look.sun.strength * (0.9 * Math.exp(-away * 5) + Math.min(1, Math.max(0, (0.024 - away) * 300))),
          ),
        );
      }
      put(ground, y * width + x, colour);
    }
  }
}

function headland(ground: Ground, geometry: Geometry, look: Look, view: View): void {
  const { width, height, unit } = geometry;
  const { soft } = sharedTextures();
  const reach = view.headland.width * width;
  for (let x = 0; x < width && reach > 0; x++) {
    const share = (view.headland.side < 0 ? x : width - x) / reach;
    if (share >= 1) continue;
    const base = Math.round(geometry.horizonAt(x) + 1.5 * unit);
    const top = base - hill(view, share) * view.headland.height * height;
    for (let y = Math.max(0, Math.floor(top)); y < base && y < height; y++) {
      const grain = sample(soft, x * 2.1, y * 4.3) / 127;
      const up = (base - y) / Math.max(1, base - top);
      const land = mix(rgb('#6f6654'), rgb('#4d5a41'), Math.min(1, up * 1.5 + grain * 0.5));
      const lighted = tint(scaled(land, 1 + 0.25 * grain), look.light);
      const colour = mix(lighted, look.haze, Math.min(0.95, 0.25 + hazeAt(look.hazeDensity, 0.06)));
      const index = y * width + x;
      put(ground, index, y < top + 1 ? mix(colour, look.skyLow, 0.4) : colour);
      ground.open[index] = 0;
    }
  }
}

function beach(ground: Ground, geometry: Geometry, look: Look, view: View): void {
  const { width, height, unit } = geometry;
  const { soft } = sharedTextures();
  for (let x = 0; x < width; x++) {
    const shore = geometry.shoreAt(x);
    for (let y = Math.max(0, Math.floor(shore - 12 * unit)); y < height; y++) {
      const inland = (y - shore) / unit;
      const u = x / unit;
      const v = (inland * 900) / (300 + inland);
      const grain = sample(soft, u * 1.7, v * 3.1) / 127 + sample(soft, u * 0.3, v * 0.8) / 160;
      // Sand the swash has wetted is darker and mirrors the sky.
      const wet = Math.min(1, Math.max(0, (30 + grain * 9 - inland) / 14));
      const dry = scaled(view.sand, 1 + 0.09 * grain + (sample(soft, u * 6, v * 9) > 100 ? -0.12 : 0));
      const damp = mix(scaled(view.sand, 0.62), look.skyLow, 0.22);
      put(
        ground,
        y * width + x,
        mix(tint(mix(dry, damp, wet), look.light), look.haze, hazeAt(look.hazeDensity * 0.6, 1.1)),
      );
    }
  }
}

/** Houses on the headland and a pier: drawn as shapes, then stamped in. */
async function buildings(ground: Ground, geometry: Geometry, look: Look, view: View): Promise<void> {
  const shapes = landmarks(geometry, view);
  if (shapes.length === 0) return;
  const { width, height } = geometry;
  const drawn = lit(shapes, look.light, look.haze, Math.min(0.9, 0.1 + hazeAt(look.hazeDensity, 0.25)));
  const stamp = await sharp(Buffer.from(svg(drawn, 0, 0, width, height)))
    .ensureAlpha()
    .raw()
    .toBuffer();
  for (let i = 0; i < width * height; i++) {
    const alpha = (stamp[i * 4 + 3] ?? 0) / 255;
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) {
      ground.pixels[i * 3 + c] =
        (ground.pixels[i * 3 + c] ?? 0) * (1 - alpha) + (stamp[i * 4 + c] ?? 0) * alpha;
    }
    if (alpha > 0.5) ground.open[i] = 0;
  }
}

/** Dune grass and bushes, or rocks, along the bottom of the picture. */
function foreground(ground: Ground, geometry: Geometry, look: Look, view: View): void {
  const { kind, height: share } = view.foreground;
  if (kind === 'none') return;
  const { width, height, unit } = geometry;
  const { soft } = sharedTextures();
  const [dark, bright] =
    kind === 'dunes' ? [rgb('#36452a'), rgb('#8b8f55')] : [rgb('#3b3733'), rgb('#8a8178')];
  for (let x = 0; x < width; x++) {
    const u = x / unit + (view.seed % 89) * 613;
    const bump =
      sample(soft, u * 0.28, 77) / 90 + sample(soft, u * 1.9, 130) / 420 + sample(soft, u * 9, 190) / 800;
    const top = height - share * height * (0.75 + 0.55 * bump);
    for (let y = Math.max(0, Math.floor(top)); y < height; y++) {
      const v = y / unit;
      const clump = sample(soft, u * 1.3, v * 2.2) / 70;
      const blade = kind === 'dunes' ? sample(soft, u * 5, v * 3) / 80 : sample(soft, u * 3, v * 3.5) / 80;
      const fade = Math.min(1, (y - top) / (14 * unit));
      const colour = mix(
        dark,
        bright,
        Math.min(1, Math.max(0, 0.42 + 0.34 * clump + 0.34 * blade + 0.15 * (1 - fade))),
      );
      const index = y * width + x;
      put(ground, index, tint(colour, look.light));
      ground.open[index] = 0;
    }
  }
}
