/** The pictures that are measured on: scenes of the simulator, so that everybody measures the same. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultSettings } from '../../src/config/load.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { sceneAt } from '../../src/simulator/scene.ts';
import { createScript } from '../../src/simulator/script.ts';

const DEFAULTS = defaultSettings();

export interface Pictures {
  /** Paths of 1280 × 720 JPEG files. */
  readonly hd: readonly string[];
  /** Paths of 1920 × 1080 JPEG files. */
  readonly fullHd: readonly string[];
  /** A folder with the 1920 × 1080 files alone. */
  readonly series: string;
  /** Mean size of a file in bytes. */
  readonly bytes: { readonly hd: number; readonly fullHd: number };
}

const COUNT = 8;

export async function drawPictures(folder: string): Promise<Pictures> {
  const hd = await draw(join(folder, 'hd'), 1280, 720);
  const fullHd = await draw(join(folder, 'full-hd'), 1920, 1080);
  return {
    hd: hd.files,
    fullHd: fullHd.files,
    series: join(folder, 'full-hd'),
    bytes: { hd: hd.bytes, fullHd: fullHd.bytes },
  };
}

async function draw(folder: string, width: number, height: number) {
  await mkdir(folder, { recursive: true });
  const options = { ...DEFAULTS.camera.simulator, width, height };
  const script = createScript(options);
  const renderer = createRenderer();
  const files: string[] = [];
  let bytes = 0;
  for (let index = 0; index < COUNT; index++) {
    const jpeg = await renderer.jpeg(sceneAt(options, script, 10_000 + index * 2_000));
    const path = join(folder, `${index}.jpg`);
    await writeFile(path, jpeg);
    files.push(path);
    bytes += jpeg.length / COUNT;
  }
  return { files, bytes };
}
