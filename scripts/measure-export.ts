/** Compares exported models with the daemon on photos: `npx tsx scripts/measure-export.ts --help`. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { Tensor } from 'onnxruntime-node';
import { scoreEmbeddings } from '../src/activity/head.ts';
import { createPictureClassifier } from '../src/activity/picture-classifier.ts';
import { SHIPPED_MODELS } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { startLongWork } from '../src/cli/progress.ts';
import { type ExportModel, loadExportModel } from '../src/exchange/export/model.ts';
import { exportOnnx } from '../src/exchange/export/onnx/export.ts';
import { exportTflite } from '../src/exchange/export/tflite/export.ts';
import { listPhotos } from '../src/training/data/dataset.ts';
import { readPhoto } from '../src/vision/decode.ts';
import { openOnnxSession } from '../src/vision/engines/onnx.ts';

const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };

const program = new Command('measure-export')
  .description('prints a table: how far each export of ONNX and TensorFlow Lite is from the daemon on photos')
  .argument('<folder>', 'photos as FOLDER/<class>/*.jpg, each taken as a whole')
  .option('--models <dir>', 'the folder with backbone/ and heads/', SHIPPED_MODELS)
  .option('--backbone <id>', 'the backbone', 'surfwatch-mobilenetv2-v3')
  .option('--head <id>', 'a head, or current', 'current')
  .option('--tflite', "also TensorFlow Lite, in python3's tensorflow or ai_edge_litert", false)
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly head: string;
  readonly tflite: boolean;
}

type Answers = readonly ArrayLike<number>[];

async function measure(folder: string, flags: Flags): Promise<void> {
  const choice = { dir: flags.models, backbone: flags.backbone, head: flags.head };
  const model = await loadExportModel(choice);
  const photos = await listPhotos(folder);
  const bar = startLongWork('daemon', false);
  const classifier = await createPictureClassifier(
    { ...choice, pictureHead: choice.head },
    { engine: 'auto', threads: 0, ...LIMITS },
  );
  const pictures: Uint8Array[] = [];
  const expected: number[][] = [];
  for (const { path } of photos) {
    const bytes = await readFile(path);
    const { whole } = await readPhoto(bytes, model.input.size, LIMITS);
    pictures.push(whole.rgb);
    const probabilities = scoreEmbeddings(classifier.head, await classifier.backbone.embed(whole.rgb, 1), 1);
    expected.push([...probabilities]);
    bar.to(pictures.length / photos.length);
  }
  bar.stop();
  await classifier.close();
  console.log(`${photos.length} photos, head ${classifier.head.manifest.id}\n`);
  console.log('| export | size | largest difference of a probability | mean | same decision |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const precision of ['float32', 'int8'] as const) {
    const ranges = precision === 'int8' ? model.ranges : null;
    const [onnx] = Object.values(await exportOnnx(model, { precision, ranges }));
    row(`onnx ${precision}`, onnx, model, expected, await inOnnx(onnx as Uint8Array, model, pictures));
    if (!flags.tflite) continue;
    const [tflite] = Object.values(await exportTflite(model, { precision, ranges }));
    row(`tflite ${precision}`, tflite, model, expected, await inTflite(tflite as Uint8Array, pictures));
  }
}

async function inOnnx(file: Uint8Array, { input }: ExportModel, pictures: readonly Uint8Array[]) {
  const session = await openOnnxSession(file, 1);
  const answers: Float32Array[] = [];
  for (const picture of pictures) {
    const pixels = new Tensor('uint8', picture, [1, input.size, input.size, 3]);
    answers.push((await session.run({ pixels })).probabilities?.data as Float32Array);
  }
  await session.release();
  return answers;
}

async function inTflite(file: Uint8Array, pictures: readonly Uint8Array[]): Promise<Answers> {
  const folder = await mkdtemp(join(tmpdir(), 'surfwatch-export-'));
  try {
    const [model, pixels] = [join(folder, 'model.tflite'), join(folder, 'pixels')] as const;
    await writeFile(model, file);
    await writeFile(pixels, Buffer.concat(pictures));
    const script = join(import.meta.dirname, 'run_tflite.py');
    const printed = execFileSync('python3', [script, model, pixels], { maxBuffer: 1e8, encoding: 'utf8' });
    const [found] = JSON.parse(printed) as { answers: number[][] }[];
    return found?.answers ?? [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row(
  name: string,
  file: string | Uint8Array | undefined,
  { thresholds }: ExportModel,
  expected: Answers,
  found: Answers,
): void {
  const differences = expected.flatMap((answer, index) =>
    Array.from(answer, (value, output) => Math.abs(value - (found[index]?.[output] ?? Number.NaN))),
  );
  const decision = (answer: ArrayLike<number> | undefined) =>
    thresholds.map((threshold, index) => (answer?.[index] ?? Number.NaN) >= threshold).join();
  const same = expected.filter((answer, index) => decision(answer) === decision(found[index])).length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const megabytes = ((file?.length ?? 0) / 1e6).toFixed(1);
  console.log(
    `| ${name} | ${megabytes} MB | ${Math.max(...differences).toPrecision(2)} | ${mean.toPrecision(2)} | ${((100 * same) / expected.length).toFixed(1)} % |`,
  );
}
