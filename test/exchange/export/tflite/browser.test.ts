import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../../src/base/paths.ts';
import { type ExportModel, exportModel, PRECISIONS } from '../../../../src/exchange/export/model.ts';
import { exportTflite } from '../../../../src/exchange/export/tflite/export.ts';
import { hasChromium, sharedChromium } from '../../../support/chromium.ts';
import { hasShared, sharedPhotos } from '../../../vision/support.ts';
import {
  type Answers,
  daemonAnswers,
  difference,
  drawnTiles,
  onlyFile,
  photoPixels,
  sameDecisions,
  shippedModel,
} from '../support.ts';

if (!hasChromium()) console.warn('there is no Chromium: the tests in LiteRT.js and MediaPipe are skipped');

/** Models and pictures by path, and the packages of the runtimes. */
const served = new Map<string, Uint8Array>();
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

function serve(): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const packages = /^\/(litertjs|mediapipe)\/([\w./-]+)$/.exec(url);
    try {
      const file =
        packages === null ? '' : join(PACKAGE_ROOT, 'node_modules', `@${packages[1]}`, packages[2] ?? '');
      const bytes = served.get(url) ?? (await readFile(file));
      response.setHeader('content-type', TYPES[extname(url)] ?? 'application/octet-stream').end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.skipIf(!hasChromium())('in Chromium', () => {
  let server: Server;
  let page: Page;
  let model: ExportModel;
  let expected: Answers;

  beforeAll(async () => {
    const shipped = await shippedModel();
    // A head that prepares its input takes the most operators.
    const manifest = { ...shipped.head.manifest, input: { kind: 'softsign', scale: 3 } as const };
    model = exportModel(shipped.backbone, { ...shipped.head, manifest });
    const pictures = [...(await drawnTiles(2)), ...(await photoPixels(hasShared ? sharedPhotos(4) : []))];
    expected = await daemonAnswers(model, pictures);
    served.set('/runtimes.html', await readFile(join(import.meta.dirname, 'runtimes.html')));
    for (const [index, pixels] of pictures.entries()) served.set(`/picture-${index}`, pixels);
    for (const precision of PRECISIONS) {
      const files = await exportTflite(model, { precision, ranges: model.ranges });
      served.set(`/${precision}.tflite`, onlyFile(files));
    }
    server = await serve();
    page = await (await sharedChromium()).newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/runtimes.html`);
  });

  afterAll(async () => {
    await page?.close();
    server?.close();
  });

  /** Calls a function of the page with the path of a model and those of all pictures. */
  function run<T>(name: string, precision: string): Promise<T> {
    const pictures = expected.map((_, index) => `/picture-${index}`);
    return page.evaluate(`${name}(${JSON.stringify(`/${precision}.tflite`)}, ${JSON.stringify(pictures)})`);
  }

  test.each([
    ['float32', 'float32', 1e-4, 1],
    ['int8', 'uint8', 0.3, 0.95],
  ])('LiteRT.js answers by the %s model as the daemon does', async (precision, input, most, same) => {
    const found = await run<{ dtype: string; answers: number[][] }>('runLiteRt', precision);
    const answers = found.answers.map(values => Float32Array.from(values));
    expect(found.dtype).toBe(input);
    expect(answers).toHaveLength(expected.length);
    expect(difference(expected, answers)).toBeLessThanOrEqual(most);
    expect(sameDecisions(model, expected, answers)).toBeGreaterThanOrEqual(same);
  });

  test.each([
    ['float32', 1e-4],
    ['int8', 0.3],
  ])(
    'MediaPipe prepares pictures and names activities by the metadata of the %s model',
    async (precision, most) => {
      const categories = await run<[string, number][][]>('runMediaPipe', precision);
      const answers = categories.map(named => {
        const scores = new Map(named);
        expect([...scores.keys()].sort()).toEqual([...model.activities].sort());
        return Float32Array.from(model.activities, activity => scores.get(activity) ?? Number.NaN);
      });
      expect(answers).toHaveLength(expected.length);
      expect(difference(expected, answers)).toBeLessThanOrEqual(most);
    },
  );
});
