import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../../src/base/paths.ts';
import type { ExportModel } from '../../../../src/exchange/export/model.ts';
import { measureRanges } from '../../../../src/exchange/export/ranges.ts';
import { exportTflite } from '../../../../src/exchange/export/tflite/export.ts';
import type { Ranges } from '../../../../src/vision/bundle.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { hasShared, sharedPhotos } from '../../../vision/support.ts';
import {
  type Answers,
  daemonAnswers,
  difference,
  drawnTiles,
  noise,
  onlyFile,
  photoPixels,
  SOFTSIGN,
  sameDecisions,
  shippedModel,
  tinyModel,
} from '../support.ts';

const FIND = `
import importlib.util as util, sys
sys.exit(0 if any(util.find_spec(name) for name in ('ai_edge_litert', 'tensorflow')) else 1)`;
const hasInterpreter = spawnSync('python3', ['-c', FIND]).status === 0;
if (!hasInterpreter)
  console.warn('python3 has neither tensorflow nor ai_edge_litert: its interpreter is not tested');

const run = promisify(execFile);

interface Asked {
  readonly model: ExportModel;
  /** Of int8; null for float32. */
  readonly ranges: Ranges | null;
  readonly pictures: readonly Uint8Array[];
}

/** All in one process, as loading TensorFlow takes far longer than the answers. */
async function interpret(asked: readonly Asked[]): Promise<Answers[]> {
  const folder = await temporaryFolder();
  const files: string[] = [];
  for (const [index, { model, ranges, pictures }] of asked.entries()) {
    const [file, pixels] = [join(folder, `${index}.tflite`), join(folder, `${index}.pixels`)];
    const precision = ranges === null ? 'float32' : 'int8';
    await writeFile(file, onlyFile(await exportTflite(model, { precision, ranges })));
    await writeFile(pixels, Buffer.concat(pictures));
    files.push(file, pixels);
  }
  const script = join(PACKAGE_ROOT, 'scripts', 'run_tflite.py');
  const { stdout } = await run('python3', [script, ...files], { maxBuffer: 1e8 });
  const found = JSON.parse(stdout) as { signature: unknown; answers: number[][] }[];
  return found.map(({ signature, answers }) => {
    expect(signature).toEqual({ serving_default: { inputs: ['pixels'], outputs: ['probabilities'] } });
    return answers.map(values => Float32Array.from(values));
  });
}

async function* each(pictures: readonly Uint8Array[]) {
  yield* pictures;
}

test.skipIf(!hasInterpreter)(
  "Python's interpreter answers by the float32 models as the daemon does, and by the int8 models decides as it does",
  async () => {
    const model = await shippedModel();
    const pictures = hasShared ? await photoPixels(sharedPhotos(50)) : await drawnTiles(3);
    const some = pictures.slice(0, 30);
    // A softmax head, whose answers take other operators.
    const tiny = { model: tinyModel(16, 2, ['sea', 'boat']), pictures: noise(16, 20) };
    const ranges = await measureRanges(tiny.model.backbone, each(tiny.pictures));
    // A head that prepares its input.
    const bent = tinyModel(16, 2, [], SOFTSIGN);
    const [float32 = [], int8 = [], tinyFloat32 = [], tinyInt8 = [], ...bentAnswers] = await interpret([
      { model, pictures: some, ranges: null },
      { model, pictures, ranges: model.ranges },
      { ...tiny, ranges: null },
      { ...tiny, ranges },
      { ...tiny, model: bent, ranges: null },
      { ...tiny, model: bent, ranges },
    ]);
    const expected = await daemonAnswers(model, pictures);
    expect(difference(expected.slice(0, 30), float32)).toBeLessThanOrEqual(1e-4);
    expect(sameDecisions(model, expected, int8)).toBeGreaterThanOrEqual(0.99);
    const tinyExpected = await daemonAnswers(tiny.model, tiny.pictures);
    expect(difference(tinyExpected, tinyFloat32)).toBeLessThan(1e-5);
    expect(difference(tinyExpected, tinyInt8)).toBeLessThan(0.03);
    const [bentFloat32 = [], bentInt8 = []] = bentAnswers;
    const bentExpected = await daemonAnswers(bent, tiny.pictures);
    expect(difference(bentExpected, bentFloat32)).toBeLessThan(1e-5);
    expect(difference(bentExpected, bentInt8)).toBeLessThan(0.03);
  },
);
