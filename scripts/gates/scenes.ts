/** Days of a simulated camera, from 8 to 20 o'clock, in all their light and weather. */
import { createRenderer } from '../../src/simulator/render.ts';
import { sceneAt } from '../../src/simulator/scene.ts';
import { createScript } from '../../src/simulator/script.ts';
import type { RawPicture } from '../../src/vision/decode.ts';

const SIZE = { width: 832, height: 468 };

/** @param everyMinutes from picture to picture */
export async function drawnDay(seed: number, day: number, everyMinutes: number): Promise<RawPicture[]> {
  const options = { seed, ...SIZE, speed: 1, script: 'season' as const };
  const script = createScript(options);
  const renderer = createRenderer();
  const pictures: RawPicture[] = [];
  for (let minute = 8 * 60; minute < 20 * 60; minute += everyMinutes) {
    const scene = sceneAt(options, script, (day * 1_440 + minute) * 60_000);
    pictures.push({ rgb: new Uint8Array(await renderer.pixels(scene)), ...SIZE });
  }
  return pictures;
}
