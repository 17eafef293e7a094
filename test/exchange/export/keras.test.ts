import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadHead } from '../../../src/activity/head-bundle.ts';
import { exportKeras, exportKerasHdf5 } from '../../../src/exchange/export/keras.ts';
import type { ExportModel } from '../../../src/exchange/export/model.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { largestDifference } from '../../vision/support.ts';
import { importInto } from '../import/support.ts';
import { daemonAnswers, IMAGES, modelWith } from './keras-support.ts';

const hasKeras =
  spawnSync('python3', ['-c', 'import importlib.util as u; exit(not u.find_spec("keras"))']).status === 0;
if (!hasKeras) console.warn('python3 has no keras: its reading of exports is not tested');

const FORMATS = [
  ['model.keras', exportKeras],
  ['model.h5', exportKerasHdf5],
] as const;

async function written(name: string, write: typeof exportKeras, model: ExportModel) {
  const folder = await temporaryFolder();
  const [bytes] = Object.values(await write(model));
  await writeFile(join(folder, name), bytes ?? '');
  return { folder, path: join(folder, name) };
}

let model: ExportModel;
beforeAll(async () => {
  model = await modelWith();
});

describe('export keras', () => {
  it('says what it is', async () => {
    const bytes = (await exportKeras(model))['model.keras'] as Uint8Array;
    const metadata = JSON.parse(strFromU8(unzipSync(bytes)['metadata.json'] as Uint8Array));
    expect(metadata.surfwatch).toMatchObject({
      labels: ['surfing', 'windsurfing', 'kitesurfing'],
      thresholds: { surfing: 0.5, windsurfing: 0.4, kitesurfing: 0.6 },
      preprocessing: { width: 224, height: 224 },
      backbone: model.backboneId,
    });
  });

  it.each(FORMATS)(
    '%s comes back as the same backbone and a head that answers the same',
    async (name, write) => {
      const input = { kind: 'softsign', scale: 7 } as const;
      const { folder, path } = await written(name, write, await modelWith({ input }));
      const { head, backbone } = await importInto(folder, path);
      const { id, weights } = backbone.manifest;
      // Its id tells the weights, which are without the projection of cells.
      expect(id).toMatch(/^mobilenetv2-/);
      expect({ input: backbone.manifest.input }).toEqual({
        input: model.input,
      });
      const loaded = await loadHead(join(folder, 'heads'), head.id, { id, sha256: weights.sha256 });
      expect(loaded.manifest).toMatchObject({ input, thresholds: model.head.manifest.thresholds });
      expect(loaded.hiddenKernel).toEqual(model.hidden.kernel);
      expect(loaded.outputKernel).toEqual(model.output.kernel);
      expect(loaded.outputBias).toEqual(model.output.bias);
    },
  );

  it.skipIf(!hasKeras)("gives the daemon's answers in Keras", async () => {
    const bent = await modelWith({ input: { kind: 'softsign', scale: 7 } });
    const { pixels, scores } = await daemonAnswers(model);
    const bentScores = (await daemonAnswers(bent)).scores;
    expect(largestDifference(scores, bentScores)).toBeGreaterThan(0.01);
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'pixels.bin'), pixels);
    const paths = await Promise.all(
      [model, bent].flatMap(each =>
        FORMATS.map(async ([name, write]) => (await written(name, write, each)).path),
      ),
    );
    const { size } = model.input;
    const program = `
import json, sys, numpy, keras
pixels = numpy.fromfile(sys.argv[1], dtype="uint8").reshape(${IMAGES}, ${size}, ${size}, 3).astype("float32")
print(json.dumps([keras.models.load_model(path, compile=False).predict(pixels, verbose=0).ravel().tolist() for path in sys.argv[2:]]))
`;
    const ended = spawnSync('python3', ['-c', program, join(folder, 'pixels.bin'), ...paths], {
      encoding: 'utf8',
    });
    expect(ended.status, ended.stderr).toBe(0);
    const answers: number[][] = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '');
    expect(answers).toHaveLength(4);
    for (const [index, answer] of answers.entries()) {
      expect(largestDifference(answer, index < 2 ? scores : bentScores)).toBeLessThan(1e-4);
    }
  });
});
