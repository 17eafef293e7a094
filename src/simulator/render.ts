import sharp from 'sharp';
import { drawGround, type Ground } from './ground.ts';
import { drawRain, drawSoil } from './lens.ts';
import { sharedTextures } from './noise.ts';
import type { Scene } from './scene.ts';
import { drawSea } from './sea.ts';
import { extent, type Shape, svg } from './shapes.ts';
import { drawWave } from './surf.ts';
import { geometryOf } from './view.ts';

/** Draws scenes. Keeps the still background of the last views, so that a sequence of frames is cheap. */
export interface Renderer {
  /** Width × height × 3 bytes, RGB. */
  pixels(scene: Scene): Promise<Uint8ClampedArray>;
  /** The same as a JPEG file. */
  jpeg(scene: Scene): Promise<Buffer>;
}

const KEPT_GROUNDS = 2;

export function createRenderer(): Renderer {
  const grounds = new Map<string, Ground>();

  async function groundOf({ view, look, width, height }: Scene): Promise<Ground> {
    const key = JSON.stringify([view, look, width, height]);
    const ground = grounds.get(key) ?? (await drawGround(view, look, width, height));
    grounds.delete(key);
    grounds.set(key, ground);
    for (const old of [...grounds.keys()].slice(0, -KEPT_GROUNDS)) grounds.delete(old);
    return ground;
  }

  async function pixels(scene: Scene): Promise<Uint8ClampedArray> {
    const ground = await groundOf(scene);
    const geometry = geometryOf(scene.view, scene.width, scene.height);
    const picture = new Uint8ClampedArray(ground.pixels);
    drawSea(picture, ground, scene, geometry);
    for (const wave of scene.waves) drawWave(picture, ground, scene, geometry, wave);
    const shapes = [...scene.bystanders, ...scene.riders.flatMap(rider => [...rider.wake, ...rider.shapes])];
    await drawShapes(picture, shapes, scene.width, scene.height);
    if (scene.look.rain > 0) drawRain(picture, scene);
    const seen = scene.camera.blur > 0 ? await blurred(picture, scene) : picture;
    if (scene.camera.soil > 0) drawSoil(seen, scene);
    drawNoise(seen, scene);
    return seen;
  }

  return {
    pixels,
    jpeg: async scene =>
      sharp(await pixels(scene), { raw: { width: scene.width, height: scene.height, channels: 3 } })
        .jpeg({ quality: scene.camera.quality })
        .toBuffer(),
  };
}

/** Only the part of the picture that the shapes cover is drawn and blended. */
async function drawShapes(
  picture: Uint8ClampedArray,
  shapes: readonly Shape[],
  width: number,
  height: number,
): Promise<void> {
  const [left, top, right, bottom] = extent(shapes);
  const x0 = Math.max(0, Math.floor(left) - 2);
  const y0 = Math.max(0, Math.floor(top) - 2);
  const w = Math.min(width, Math.ceil(right) + 2) - x0;
  const h = Math.min(height, Math.ceil(bottom) + 2) - y0;
  if (w < 1 || h < 1 || shapes.length === 0) return;
  const overlay = await sharp(Buffer.from(svg(shapes, x0, y0, w, h)))
    .ensureAlpha()
    .raw()
    .toBuffer();
  const words = new Uint32Array(overlay.buffer, overlay.byteOffset, w * h);
  for (let y = 0; y < h; y++) {
    let to = ((y0 + y) * width + x0) * 3;
    for (let x = 0, i = y * w; x < w; x++, i++, to += 3) {
      if (words[i] === 0) continue;
      const alpha = (overlay[i * 4 + 3] as number) / 255;
      for (let c = 0; c < 3; c++) {
        const under = picture[to + c] as number;
        picture[to + c] = under + ((overlay[i * 4 + c] as number) - under) * alpha;
      }
    }
  }
}

/** Sensor noise: mostly of brightness, a little of colour. */
function drawNoise(picture: Uint8ClampedArray, { camera, look, width, height }: Scene): void {
  const { grain } = sharedTextures();
  const mask = grain.length - 1;
  // Whole numbers, in 1/256: twice as fast as fractions here.
  const amount = Math.round((look.noise / 32) * 256);
  const tinge = Math.round(amount * 0.35);
  const start = camera.noiseSeed & mask;
  const count = width * height;
  for (let i = 0, to = 0, at = start; i < count; i++, to += 3, at++) {
    const n = ((grain[at & mask] as number) * amount) >> 8;
    const hue = ((grain[(at + 524309) & mask] as number) * tinge) >> 8;
    picture[to] = (picture[to] as number) + n + hue;
    picture[to + 1] = (picture[to + 1] as number) + n;
    picture[to + 2] = (picture[to + 2] as number) + n - hue;
  }
}

async function blurred(
  picture: Uint8ClampedArray,
  { width, height, camera }: Scene,
): Promise<Uint8ClampedArray> {
  const raw = await sharp(picture, { raw: { width, height, channels: 3 } })
    .blur(camera.blur)
    .raw()
    .toBuffer();
  return new Uint8ClampedArray(raw);
}
