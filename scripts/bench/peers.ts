/** Reads the same frames in one of the ways that are compared; run as a process of its own for each. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createBeachReader } from '../../src/activity/beach-reader.ts';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { messageOf } from '../../src/errors.ts';
import { type EngineName, PRECISIONS, type Precision } from '../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { fixedDetail } from '../../src/vision/cells/detail.ts';
import { pyramidOf } from '../../src/vision/cells/pyramid.ts';
import { decodeFrame, PICTURE_LIMITS, type RawPicture, resizePicture } from '../../src/vision/decode.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { WHOLE_FRAME } from '../../src/vision/zone.ts';
import { answerParent } from './answer.ts';
import { openBare } from './bare.ts';
import { cpuMs, peakMemoryMB } from './samples.ts';

/** Reads one frame, from its JPEG on. */
type Read = (jpeg: Buffer) => Promise<unknown>;

const ID = 'surfwatch-mobilenetv2-v3';
const MODEL = join(SHIPPED_MODELS, 'backbone', ID);
const HEAD = { dir: SHIPPED_MODELS, backbone: ID, head: 'current' };
const TILES = 12;
/** Pixels of a YOLOX slice, and of its overlap with the next. */
const SLICE = 416;
const OVERLAP = 48;

/** By name, in the order of the report. `yolox` needs the path of its ONNX file. */
export const PEERS: Readonly<Record<string, { readonly what: string; open(file: string): Promise<Read> }>> = {
  ...Object.fromEntries(
    PRECISIONS.map(precision => [
      `surfwatch ${precision}`,
      { what: 'decoded, the pass at each level, riders found', open: () => surfwatch('onnx', precision) },
    ]),
  ),
  ...Object.fromEntries(
    PRECISIONS.map(precision => [
      `onnxruntime ${precision}`,
      { what: 'decoded, the backbone alone at each level, in one session', open: () => bare(precision) },
    ]),
  ),
  'tfjs-node': {
    what: "the same work on TensorFlow's native library",
    open: () => surfwatch('tfjs-node', 'fp32'),
  },
  'tfjs-wasm': { what: 'the same work in WebAssembly', open: () => surfwatch('wasm', 'fp32') },
  yolox: { what: `YOLOX-nano in slices of ${SLICE} pixels, overlapping by ${OVERLAP}`, open: yolox },
  tiles: { what: `decoded, ${TILES} tiles of 224 pixels as frames were cut into before`, open: tiles },
};

export type PeerQuestion =
  | { readonly do: 'load'; readonly name: string; readonly file: string }
  | { readonly do: 'read'; readonly files: readonly string[] }
  | { readonly do: 'end' };

export type PeerReply =
  | { readonly kind: 'loaded'; readonly coldMs: number }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'read'; readonly ms: readonly number[]; readonly cpuMs: number }
  | { readonly kind: 'end'; readonly peakMB: number };

let read: Read | undefined;

answerParent<PeerQuestion, PeerReply>(async question => {
  if (question.do === 'end') return { kind: 'end', peakMB: peakMemoryMB() };
  if (question.do === 'load') {
    try {
      read = await PEERS[question.name]?.open(question.file);
    } catch (error) {
      return { kind: 'absent', reason: messageOf(error).split('\n')[0] ?? '' };
    }
    return { kind: 'loaded', coldMs: performance.now() };
  }
  const ms: number[] = [];
  let cpu = 0;
  for (const file of question.files) {
    const jpeg = await readFile(file);
    const [startMs, cpuBefore] = [performance.now(), cpuMs()];
    await read?.(jpeg);
    ms.push(performance.now() - startMs);
    cpu += (cpuMs() - cpuBefore) / question.files.length;
  }
  return { kind: 'read', ms, cpuMs: cpu };
});

async function surfwatch(engine: EngineName, precision: Precision): Promise<Read> {
  const reader = await createBeachReader(HEAD, { engine, threads: 0, precision }, fixedDetail({ detail: 1 }));
  return jpeg => reader.read(jpeg, [WHOLE_FRAME]);
}

async function bare(precision: Precision): Promise<Read> {
  const run = await openBare(await loadBackboneBundle(MODEL), precision, availableParallelism());
  return async jpeg => run(await levelsOf(jpeg));
}

/** The levels at which a frame is read at detail 1. */
async function levelsOf(jpeg: Buffer): Promise<RawPicture[]> {
  const { frame, picture } = await decodeFrame(jpeg, PICTURE_LIMITS);
  return Promise.all(pyramidOf(frame, 1).map(size => resizePicture(picture, size)));
}

async function tiles(): Promise<Read> {
  const bundle = await loadBackboneBundle(MODEL);
  const { backbone } = await createBackbone(bundle, { engine: 'onnx', threads: 0 });
  const { size } = bundle.manifest.input;
  const pixels = new Uint8Array(TILES * size * size * 3).fill(127);
  return async jpeg => {
    await decodeFrame(jpeg, PICTURE_LIMITS);
    return backbone.embed(pixels, TILES);
  };
}

/** Its boxes are not sorted out: that would take more. */
async function yolox(file: string): Promise<Read> {
  if (file === '') throw new Error('give its ONNX file with --yolox');
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: availableParallelism(),
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const name = session.inputNames[0] ?? 'images';
  return async jpeg => {
    const { picture } = await decodeFrame(jpeg, PICTURE_LIMITS);
    for (const top of startsOf(picture.height)) {
      for (const left of startsOf(picture.width)) {
        await session.run({
          [name]: new Tensor('float32', sliceOf(picture, left, top), [1, 3, SLICE, SLICE]),
        });
      }
    }
  };
}

function startsOf(length: number): number[] {
  const count = Math.max(1, Math.ceil((length - OVERLAP) / (SLICE - OVERLAP)));
  const step = count === 1 ? 0 : (length - SLICE) / (count - 1);
  return Array.from({ length: count }, (_, index) => Math.max(0, Math.round(index * step)));
}

/** [3, SLICE, SLICE], BGR, 0..255 */
function sliceOf({ width, height, rgb }: RawPicture, left: number, top: number): Float32Array {
  const planes = new Float32Array(3 * SLICE * SLICE);
  for (let row = 0; row < Math.min(SLICE, height - top); row++) {
    for (let column = 0; column < Math.min(SLICE, width - left); column++) {
      const from = ((top + row) * width + left + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        planes[(channel * SLICE + row) * SLICE + column] = rgb[from + 2 - channel] as number;
      }
    }
  }
  return planes;
}
