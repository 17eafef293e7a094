/** Models and pictures for the tests of exports, and what the daemon says about them. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { randomScene } from '../../../scripts/scenes/random-scene.ts';
import { scoreEmbeddings } from '../../../src/activity/head.ts';
import type { HeadBundle } from '../../../src/activity/head-bundle.ts';
import type { HeadInput } from '../../../src/activity/head-input.ts';
import { SHIPPED_MODELS } from '../../../src/base/paths.ts';
import { createRandom } from '../../../src/base/random.ts';
import type { ExportFiles } from '../../../src/exchange/export/model.ts';
import { type ExportModel, exportModel, loadExportModel } from '../../../src/exchange/export/model.ts';
import { createRenderer } from '../../../src/simulator/render.ts';
import { readPhoto } from '../../../src/vision/decode.ts';
import { createOnnxBackbone } from '../../../src/vision/engines/onnx.ts';
import { randomPixels, tinyBundle } from '../../vision/support.ts';

const LIMITS = { maxBytes: 50_000_000, maxPixels: 50_000_000 };

export function shippedModel(): Promise<ExportModel> {
  return loadExportModel({
    dir: SHIPPED_MODELS,
    backbone: 'surfwatch-mobilenetv2-v3',
    head: 'current',
  });
}

/** Six layers of every kind and a head with random weights; with `background` classes a softmax. */
export function tinyModel(
  size: number,
  seed: number,
  background: readonly string[] = [],
  input?: HeadInput,
): ExportModel {
  const { manifest, ...weights } = tinyHead(seed, background);
  return exportModel(tinyBundle(size, seed), { ...weights, manifest: { ...manifest, input } });
}

/** Bends the embeddings of a tiny model well away from a line. */
export const SOFTSIGN: HeadInput = { kind: 'softsign', scale: 7 };

export function tinyHead(seed: number, background: readonly string[] = []): HeadBundle {
  const random = createRandom(seed + 1000);
  const values = (length: number) => Float32Array.from({ length }, () => random.between(-1, 1));
  const [width, hidden, activities] = [4, 5, ['surfing', 'windsurfing', 'kitesurfing']];
  const outputs = activities.length + background.length;
  return {
    manifest: {
      format: 1,
      id: `tiny-${seed}`,
      createdAt: '2026-06-01T09:00:00.000Z',
      activities,
      width,
      hidden,
      backbone: { id: 'tiny', sha256: 'ab'.repeat(32) },
      calibration: activities.map((_, index) => ({ slope: 0.5 + index, intercept: index - 1 })),
      thresholds: { surfing: 0.5, windsurfing: 0.4, kitesurfing: 0.6 },
      ...(background.length > 0 ? { output: 'softmax' as const, background: [...background] } : {}),
      weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
      training: { parent: null, seed, dataSha256: 'cd'.repeat(32), command: 'surfwatch train photos' },
    },
    hiddenKernel: values(hidden * width),
    hiddenBias: values(hidden),
    outputKernel: values(outputs * hidden),
    outputBias: values(outputs),
  };
}

export function noise(size: number, count: number, seed = 7): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => randomPixels(size * size * 3, seed + index));
}

/** Tiles of drawn beaches, with and without riders. */
export async function drawnTiles(scenes: number, size = 224): Promise<Uint8Array[]> {
  const renderer = createRenderer();
  const tiles: Uint8Array[] = [];
  for (let seed = 0; seed < scenes; seed++) {
    const activities = ([[], ['surfing'], ['windsurfing'], ['kitesurfing']] as const)[seed % 4] ?? [];
    const jpeg = await renderer.jpeg(randomScene(seed + 1, { activities, width: 640, height: 360 }));
    const frame = sharp(jpeg);
    for (const left of [0, 200, 400]) {
      for (const top of [0, 120]) {
        const tile = frame.clone().extract({ left, top, width: 240, height: 240 });
        tiles.push(await tile.resize(size, size).raw().toBuffer());
      }
    }
  }
  return tiles;
}

/** Photos squeezed to the input's square. */
export async function photoPixels(files: readonly string[], size = 224): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  for (const file of files) {
    pictures.push((await readPhoto(await readFile(file), size, LIMITS)).whole.rgb);
  }
  return pictures;
}

export type Answers = readonly Float32Array[];

/** The daemon's probabilities of each picture. */
export async function daemonAnswers(
  { backbone, head }: ExportModel,
  pictures: readonly Uint8Array[],
): Promise<Answers> {
  const engine = await createOnnxBackbone(backbone, 1);
  const answers: Float32Array[] = [];
  for (const pixels of pictures) answers.push(scoreEmbeddings(head, await engine.embed(pixels, 1), 1));
  await engine.close();
  return answers;
}

/** The largest difference of a probability. */
export function difference(one: Answers, other: Answers): number {
  const differences = one.flatMap((values, row) =>
    [...values].map((value, index) => Math.abs(value - (other[row]?.[index] ?? Number.NaN))),
  );
  return Math.max(...differences);
}

/** The share of pictures in which the same activities are present by the thresholds. */
export function sameDecisions({ thresholds }: ExportModel, one: Answers, other: Answers): number {
  const decide = (values: Float32Array | undefined) =>
    thresholds.map((threshold, index) => (values?.[index] ?? Number.NaN) >= threshold).join();
  return one.filter((values, row) => decide(values) === decide(other[row])).length / one.length;
}

/** The one file of a format of one file. */
export function onlyFile(files: ExportFiles): Uint8Array<ArrayBuffer> {
  const [bytes, ...others] = Object.values(files);
  if (!(bytes instanceof Uint8Array) || others.length > 0) throw new Error('not one file of bytes');
  return new Uint8Array(bytes);
}
