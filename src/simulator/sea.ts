import { mix } from './colour.ts';
import type { Ground } from './ground.ts';
import { sharedTextures, TILE } from './noise.ts';
import type { Scene } from './scene.ts';
import { swashAt, waterAt } from './swell.ts';
import { type Geometry, hazeAt } from './view.ts';

const MASK = TILE - 1;
/** Fixed point: texel coordinates are stepped along a line as whole numbers of 1/4096. */
const FIX = 12;

/** Draws the water between horizon and beach: ripples in perspective, glitter of the sun, whitecaps, the swash's edge. */
export function drawSea(pixels: Uint8ClampedArray, ground: Ground, scene: Scene, geometry: Geometry): void {
  const { width, height, unit } = geometry;
  const { look, view, seconds } = scene;
  const { ripple, soft } = sharedTextures();
  const edge = Float32Array.from(
    { length: width },
    (_, x) => geometry.shoreAt(x) + swashAt(view.seed, seconds, x, geometry),
  );
  const brink = Float32Array.from({ length: width }, (_, x) => geometry.horizonAt(x));
  const glitter = glitterOf(scene, geometry);
  const last = Math.min(height - 1, Math.ceil(edge.reduce((a, b) => Math.max(a, b), 0)));
  const first = Math.max(0, Math.floor(Math.min(geometry.horizonAt(0), geometry.horizonAt(width))));
  const drops = 118 - 26 * scene.chop;
  for (let y = first; y <= last; y++) {
    const near = geometry.nearness(y);
    const metre = near * view.nearScale * unit;
    const haze = hazeAt(look.hazeDensity, near);
    const water = waterAt(look, near);
    const [r, g, b] = mix(water, look.haze, haze);
    const contrast =
      look.ripple * (1 - haze) * (0.07 + 0.22 * Math.min(1, near * 1.5)) * (0.85 + 0.3 * scene.chop);
    // Distance grows as the inverse of nearness; both textures run towards the beach, at different speeds.
    const away = 260 / (near + 0.02);
    const rowA = (Math.floor(away * 1.9 + seconds * 9) & MASK) * TILE;
    const rowB = (Math.floor(away * 1.27 + seconds * 5 + 91) & MASK) * TILE;
    const rowC = (Math.floor(away * 0.22 + seconds * 0.8) & MASK) * TILE;
    const step = (40 << FIX) / metre;
    const stepA = Math.max(1, Math.round(step));
    const stepB = Math.max(1, Math.round(step * 0.36));
    const stepC = Math.max(1, Math.round(step * 0.05));
    const centre = width >> 1;
    let a = (Math.round(seconds * 2.2 * (1 << FIX)) + 9000000 - centre * stepA) | 0;
    let bu = (Math.round(-seconds * 1.3 * (1 << FIX)) + 9000000 - centre * stepB) | 0;
    let cu = 9000000 - centre * stepC;
    const shine = look.sun.strength * Math.min(1, 0.3 + 1.4 * near) * (1 - haze);
    let at = y * width;
    for (let x = 0; x < width; x++, at++) {
      a += stepA;
      bu += stepB;
      cu += stepC;
      if (y < (brink[x] as number) || y > (edge[x] as number) || ground.open[at] === 0) continue;
      const fine = ripple[rowA + ((a >> FIX) & MASK)] as number;
      const broad = ripple[rowB + ((bu >> FIX) & MASK)] as number;
      const patch = soft[rowC + ((cu >> FIX) & MASK)] as number;
      let value = (fine + broad) * contrast + patch * 0.06;
      const spark = fine + broad;
      if (shine > 0 && spark > 55) value += shine * (glitter[x] as number) * (spark - 55) * 1.6;
      if (spark > drops && patch > 20 && near < 0.85)
        value += (spark - drops) * Math.min(2.4, near * 9) * (1 - haze) * (look.light[1] as number);
      const to = at * 3;
      pixels[to] = r + value;
      pixels[to + 1] = g + value * 1.03;
      pixels[to + 2] = b + value * 1.02;
    }
  }
  lace(pixels, ground, scene, geometry, edge);
}

/** How much of the sun's light each column of the sea sends to the camera. */
function glitterOf({ look }: Scene, { width, height }: Geometry): Float32Array {
  return Float32Array.from({ length: width }, (_, x) => {
    const away = (x - look.sun.x * width) / height;
    return Math.exp(-away * away * 14);
  });
}

/** The thin foam where the swash ends, and streaks of it on the shallow water. */
function lace(
  pixels: Uint8ClampedArray,
  ground: Ground,
  scene: Scene,
  geometry: Geometry,
  edge: Float32Array,
): void {
  const { width, height, unit } = geometry;
  const { soft } = sharedTextures();
  const { foam } = scene.look;
  const depth = 34 * unit;
  const drift = scene.seconds * 2.5;
  for (let x = 0; x < width; x++) {
    const rim = edge[x] as number;
    for (let y = Math.max(0, Math.floor(rim - depth)); y <= rim && y < height; y++) {
      const index = y * width + x;
      if (ground.open[index] === 0) continue;
      const inside = rim - y;
      const u = Math.floor(x / unit) & MASK;
      const v = Math.floor((y / unit) * 3 + drift) & MASK;
      const grain = soft[v * TILE + u] as number;
      const streak = grain > 8 - inside * 0.2 ? Math.min(0.75, (grain - 8) / 60) * (1 - inside / depth) : 0;
      const cover = inside < 2.2 * unit ? 0.75 : Math.max(0, streak);
      const to = index * 3;
      for (let c = 0; c < 3; c++) {
        const under = pixels[to + c] as number;
        pixels[to + c] = under + ((foam[c] as number) - under) * cover;
      }
    }
  }
}
