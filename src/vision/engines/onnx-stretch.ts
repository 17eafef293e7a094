/**
 * Enlarges pictures twofold or by 4/3: so `auto` reads most cameras where there is time. It does so as libvips does, by cubic
 * interpolation, in a seventh of the time; of a hundred bytes 95 are the same, and most others are one off. Columns are made
 * first, then rows. Eight bits hold each weight, as all are 16ths or 128ths.
 */
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { type Lazy, lazy } from '../../base/lazy.ts';
import { createPassMemory, type TakeNumbers } from '../cells/pass-memory.ts';
import type { Size } from '../cells/pyramid.ts';
import type { RawPicture } from '../decode.ts';
import type { OpenSession } from './onnx-cells.ts';
import { dequantise, joined, kernelAndBias, type OnnxPart } from './onnx-int8.ts';
import { writeOnnxModel } from './onnx-proto.ts';

interface Factor {
  /** So many values become … */
  readonly from: number;
  /** … so many. */
  readonly to: number;
  /** Columns that are made from at once, a multiple of `from`: their colours are the channels of a position. */
  readonly columns: number;
}

const FACTORS: readonly Factor[] = [
  { from: 1, to: 2, columns: 4 },
  { from: 3, to: 4, columns: 12 },
];

const COLOURS = 3;
/** Bytes that rows are made of side by side: the channels of a position. They divide a row of any width that is read. */
const SIDE_BY_SIDE = 96;
/** Rows that are enlarged at once: with more, what they become leaves the caches. A multiple of each `from`. */
const BAND = 48;
/** Values before and after the place of another that it may be made of. */
const REACH = 2;

export interface Stretcher {
  /** @returns null where it does not enlarge by so much; else in memory that the next call writes to */
  stretch(picture: RawPicture, size: Size): Promise<RawPicture> | null;
  close(): Promise<void>;
}

export function openStretcher(Tensor: typeof OnnxTensor, open: OpenSession): Stretcher {
  const memory = createPassMemory();
  const sessions = new Map(FACTORS.map(factor => [factor, lazy(() => open(stretchGraph(factor)))]));
  return {
    stretch(picture, size) {
      const factor = FACTORS.find(one => isBy(one, picture, size));
      if (factor === undefined) return null;
      const run = async (rgb: Uint8Array) => {
        const shape = [1, rgb.length / (picture.width * COLOURS), picture.width, COLOURS];
        const session = await (sessions.get(factor) as Lazy<InferenceSession>).get();
        const { output } = await session.run({ input: new Tensor('uint8', rgb, shape) });
        return output?.data as Uint8Array;
      };
      return memory.inTurn(() => stretchInBands(picture, size, factor, run, memory.bytes));
    },
    async close() {
      await Promise.all([...sessions.values()].map(({ opened }) => opened?.then(one => one.release())));
    },
  };
}

function isBy({ from, to, columns }: Factor, picture: Size, size: Size): boolean {
  return (
    picture.width * to === size.width * from &&
    picture.height * to === size.height * from &&
    picture.width % columns === 0 &&
    picture.height % from === 0 &&
    (size.width * COLOURS) % SIDE_BY_SIDE === 0
  );
}

async function stretchInBands(
  { width, height, rgb }: RawPicture,
  size: Size,
  { from, to }: Factor,
  run: (rows: Uint8Array) => Promise<Uint8Array>,
  take: TakeNumbers<Uint8Array>,
): Promise<RawPicture> {
  const all = take('stretched', size.width * size.height * COLOURS);
  const margin = Math.ceil(REACH / from) * from;
  const enlarged = (rows: number) => ((rows * to) / from) * size.width * COLOURS;
  for (let start = 0; start < height; start += BAND) {
    const end = Math.min(height, start + BAND);
    const first = Math.max(0, start - margin);
    const rows = rgb.subarray(first * width * COLOURS, Math.min(height, end + margin) * width * COLOURS);
    const above = enlarged(start - first);
    all.set((await run(rows)).subarray(above, above + enlarged(end - start)), enlarged(start));
  }
  return { ...size, rgb: all };
}

/** Weights of a new value, and what one of them stands for. */
interface Weights {
  /** The first is of {@link REACH} values before its block. */
  readonly numbers: readonly number[];
  readonly scale: number;
}

/** What a block of `from` values becomes, by cubic interpolation (R. Keys 1981, a = -1/2). */
function weightsOf(from: number, to: number): Weights[] {
  return Array.from({ length: to }, (_, index) => {
    // libvips begins half a value before the first.
    const place = (index * from) / to - 0.5;
    const scale = Number.isInteger(place) ? 1 : Number.isInteger(place * 2) ? 1 / 16 : 1 / 128;
    const numbers = Array.from({ length: from + 2 * REACH }, (_, at) =>
      Math.round(cubic(Math.abs(at - REACH - place)) / scale),
    );
    return { numbers, scale };
  });
}

function cubic(away: number): number {
  if (away < 1) return 1.5 * away ** 3 - 2.5 * away ** 2 + 1;
  return away < 2 ? -0.5 * away ** 3 + 2.5 * away ** 2 - 4 * away + 2 : 0;
}

/** `input`, pixels row by row: uint8 [1, rows, columns, 3] → `output`: the same bytes as if enlarged to [1, …, …, 3] */
function stretchGraph({ from, to, columns }: Factor): Uint8Array {
  const [rows, sides] = [BigInt(REACH), BigInt(columns)];
  const phases = weightsOf(from, to).map((_, index) => `row${index}`);
  return writeOnnxModel({
    name: `stretch-${to}-${from}`,
    ...joined([
      {
        nodes: [
          // Beyond its edges a picture goes on as it ends. Between bands what comes of it is cut off.
          { op: 'Pad', inputs: ['input', 'edges'], output: 'padded', text: { mode: 'edge' } },
        ],
        constants: [
          {
            name: 'edges',
            shape: [8],
            values: BigInt64Array.of(0n, rows, sides, 0n, 0n, rows, sides, 0n),
          },
        ],
      },
      planes('padded', columns * COLOURS),
      convolution('columns', 'padded', columnKernel(columns, (columns * to) / from)),
      {
        nodes: [{ op: 'Transpose', inputs: ['columns/q'], output: 'wide', ints: { perm: TO_ROWS } }],
        constants: [],
      },
      planes('wide', SIDE_BY_SIDE),
      ...weightsOf(from, to).map((weights, index) =>
        convolution(phases[index] as string, 'wide', rowKernel(weights), {
          strides: [from, 1],
          group: SIDE_BY_SIDE,
        }),
      ),
      {
        nodes: [
          ...phases.flatMap(phase => [
            { op: 'Transpose', inputs: [`${phase}/q`], output: `${phase}/rows`, ints: { perm: TO_ROWS } },
            { op: 'Reshape', inputs: [`${phase}/rows`, 'whole'], output: `${phase}/whole` },
          ]),
          { op: 'Concat', inputs: phases.map(phase => `${phase}/whole`), output: 'output', int: { axis: 2 } },
        ],
        constants: [{ name: 'whole', shape: [4], values: BigInt64Array.of(0n, 0n, 1n, -1n) }],
      },
    ]),
    inputs: [{ name: 'input', type: 'uint8', shape: [1, 'rows', 'columns', COLOURS] }],
    outputs: [{ name: 'output', type: 'uint8', shape: [1, 'blocks', to, 'bytes'] }],
  });
}

const TO_PLANES = [0, 3, 1, 2];
const TO_ROWS = [0, 2, 3, 1];

/** `<name>`, bytes row by row → `<name>/planes`, so many bytes side by side being the channels of a position */
function planes(name: string, channels: number): OnnxPart {
  return joined([
    {
      nodes: [
        { op: 'Reshape', inputs: [name, `${name}/shape`], output: `${name}/blocks` },
        {
          op: 'Transpose',
          inputs: [`${name}/blocks`],
          output: `${name}/planes/q`,
          ints: { perm: TO_PLANES },
        },
      ],
      constants: [
        { name: `${name}/shape`, shape: [4], values: BigInt64Array.of(0n, 0n, -1n, BigInt(channels)) },
      ],
    },
    dequantise(`${name}/planes`, { scale: 1, zeroPoint: 0 }, 'uint8'),
  ]);
}

interface Kernel {
  /** [outputs, inputs, height, width] */
  readonly shape: readonly [number, number, number, number];
  readonly kernel: Int8Array;
  /** [outputs] */
  readonly kernelScales: Float32Array;
}

/** Of a block of columns and those beside it. */
function columnKernel(from: number, to: number): Kernel {
  const all = weightsOf(from, to);
  const shape = [to * COLOURS, from * COLOURS, 1, 3] as const;
  const kernel = new Int8Array(shape.reduce((product, length) => product * length));
  for (const [index, { numbers }] of all.entries()) {
    for (const [at, number] of numbers.entries()) {
      const column = from - REACH + at;
      for (let colour = 0; colour < COLOURS; colour++) {
        const [output, input] = [index * COLOURS + colour, (column % from) * COLOURS + colour];
        kernel[(output * from * COLOURS + input) * 3 + Math.floor(column / from)] = number;
      }
    }
  }
  const kernelScales = Float32Array.from(all.flatMap(({ scale }) => Array(COLOURS).fill(scale)));
  return { shape, kernel, kernelScales };
}

/** Of rows above each other, each byte by itself. */
function rowKernel({ numbers, scale }: Weights): Kernel {
  return {
    shape: [SIDE_BY_SIDE, 1, numbers.length, 1],
    kernel: Int8Array.from(Array(SIDE_BY_SIDE).fill(numbers).flat()),
    kernelScales: new Float32Array(SIDE_BY_SIDE).fill(scale),
  };
}

/** `<from>/planes` → `<name>/q` */
function convolution(
  name: string,
  from: string,
  kernel: Kernel,
  { strides, group }: { readonly strides: readonly number[]; readonly group: number } = {
    strides: [1, 1],
    group: 1,
  },
): OnnxPart {
  const { shape, kernelScales } = kernel;
  return joined([
    kernelAndBias(name, { ...kernel, bias: new Int32Array(shape[0]), biasScales: kernelScales }),
    {
      nodes: [
        {
          op: 'Conv',
          inputs: [`${from}/planes`, `${name}/kernel`, `${name}/bias`],
          output: `${name}/real`,
          ints: { kernel_shape: shape.slice(2), strides },
          int: { group },
        },
        {
          op: 'QuantizeLinear',
          inputs: [`${name}/real`, `${from}/planes/scale`, `${from}/planes/zero`],
          output: `${name}/q`,
        },
      ],
      constants: [],
    },
  ]);
}
