/** Measures parts of the pass that are our own, in turn with what they take the place of. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { decodeFrame, PICTURE_LIMITS, type RawPicture, resizePicture } from '../../src/vision/decode.ts';
import { openOnnxSession } from '../../src/vision/engines/onnx.ts';
import type { OnnxPart } from '../../src/vision/engines/onnx-int8.ts';
import { pixelLayer } from '../../src/vision/engines/onnx-pixels-int8.ts';
import { writeOnnxModel } from '../../src/vision/engines/onnx-proto.ts';
import { openStretcher } from '../../src/vision/engines/onnx-stretch.ts';
import { quantise } from '../../src/vision/engines/quantise.ts';
import { type NetworkLayer, networkLayers } from '../../src/vision/network.ts';
import { answerParent } from './answer.ts';
import { plainInt8 } from './bare.ts';
import { cpuMs } from './samples.ts';

export interface PartResult {
  readonly part: string;
  readonly beside: string;
  readonly own: Measured;
  readonly other: Measured;
}

interface Measured {
  readonly ms: readonly number[];
  /** CPU time of all threads, each time. */
  readonly cpuMs: readonly number[];
}

interface Question {
  /** Of 1280 × 720 and 1920 × 1080. */
  readonly files: readonly string[];
  readonly times: number;
}

const BACKBONE = 'surfwatch-mobilenetv2-v3';
/** Rows of a band of the first stage, about. */
const BAND = 144;

answerParent<Question, PartResult[]>(async ({ files, times }) => {
  const pictures = await Promise.all(
    files.map(async file => (await decodeFrame(await readFile(file), PICTURE_LIMITS)).picture),
  );
  return [await firstLayer(pictures[0] as RawPicture, times), ...(await enlarging(pictures, times))];
});

async function firstLayer(picture: RawPicture, times: number): Promise<PartResult> {
  const bundle = await loadBackboneBundle(join(SHIPPED_MODELS, 'backbone', BACKBONE));
  const [first] = networkLayers(bundle) as [NetworkLayer];
  const layers = [first];
  const quantised = quantise({ input: bundle.manifest.input, layers }, bundle.manifest.ranges ?? {});
  const [own, other] = await Promise.all([
    openLayer('input', first.name, pixelLayer(first, quantised, 'uint8')),
    openLayer('pixels', first.name, plainInt8(layers, quantised)),
  ]);
  const rgb = picture.rgb.subarray(0, BAND * picture.width * 3);
  const pixels = new Tensor('uint8', rgb, [1, BAND, picture.width, 3]);
  return {
    part: `the first convolution in int8, of ${picture.width} × ${BAND} pixels: four pixels at once`,
    beside: 'pixel by pixel',
    ...(await inTurn(
      () => own.run({ input: pixels }),
      () => other.run({ pixels }),
      times,
    )),
  };
}

function openLayer(input: string, name: string, part: OnnxPart) {
  return openOnnxSession(
    writeOnnxModel({
      name,
      ...part,
      inputs: [{ name: input, type: 'uint8', shape: [1, 'height', 'width', 3] }],
      outputs: [{ name: `${name}/q`, type: 'uint8', shape: [1, 'channels', 'rows', 'columns'] }],
    }),
    availableParallelism(),
  );
}

async function enlarging(pictures: readonly RawPicture[], times: number): Promise<PartResult[]> {
  const stretcher = openStretcher(Tensor, graph => openOnnxSession(graph, availableParallelism()));
  const size = { width: 2560, height: 1440 };
  const results: PartResult[] = [];
  for (const picture of pictures) {
    results.push({
      part: `${picture.width} × ${picture.height} pixels enlarged to ${size.width} × ${size.height}`,
      beside: 'libvips, cubic',
      ...(await inTurn(
        async () => stretcher.stretch(picture, size),
        () => resizePicture(picture, size),
        times,
      )),
    });
  }
  await stretcher.close();
  return results;
}

async function inTurn(own: () => Promise<unknown>, other: () => Promise<unknown>, times: number) {
  const none = () => ({ ms: [] as number[], cpuMs: [] as number[] });
  const results = { own: none(), other: none() };
  for (let time = -1; time < times; time++) {
    for (const [work, result] of [
      [own, results.own],
      [other, results.other],
    ] as const) {
      const [startMs, startCpuMs] = [performance.now(), cpuMs()];
      await work();
      // The first makes what is needed.
      if (time < 0) continue;
      result.ms.push(performance.now() - startMs);
      result.cpuMs.push(cpuMs() - startCpuMs);
    }
  }
  return results;
}
