/**
 * The first convolution in eight bits. With three channels to a position onnxruntime spends its time on finding them: so
 * neighbours in a row become the channels of one position, which gives the outputs of them all. The pixels lie as they lay,
 * each number is the same, and it takes half the time.
 */
import type { NetworkLayer } from '../network.ts';
import { type Bytes, dequantise, joined, kernelAndBias, type OnnxPart, requantise } from './onnx-int8.ts';
import type { QuantisedLayer, QuantisedModel } from './quantise.ts';

/** Pixels to a position: a multiple of the stride that divides the width of pictures. With more, most weights are zeros. */
const BLOCK = 4;

/** `input`, pixels row by row: uint8 [1, height, width, channels] → `<layer>/q` and `<layer>` */
export function pixelLayer(layer: NetworkLayer, quantised: QuantisedModel, bytes: Bytes): OnnxPart {
  const { name, stride, padding } = layer;
  const own = quantised.layers.get(name) as QuantisedLayer;
  const blocks = overBlocks(layer, own);
  const pixels = bytes === 'uint8' ? 'planes' : 'planes/real';
  return joined([
    {
      nodes: [
        { op: 'Reshape', inputs: ['input', 'blocks/in'], output: 'blocks' },
        { op: 'Transpose', inputs: ['blocks'], output: `${pixels}/q`, ints: { perm: [0, 3, 1, 2] } },
      ],
      constants: [{ name: 'blocks/in', shape: [4], values: rowsOf(BLOCK * layer.in) }],
    },
    dequantise(pixels, quantised.pixels, 'uint8'),
    ...(bytes === 'uint8' ? [] : [requantise('planes', quantised.pixels, bytes)]),
    kernelAndBias('blocks', blocks),
    {
      nodes: [
        {
          op: 'Conv',
          inputs: ['planes', 'blocks/kernel', 'blocks/bias'],
          output: 'blocks/real',
          ints: {
            kernel_shape: blocks.shape.slice(2),
            strides: [stride, 1],
            pads: [padding[0], blocks.before, padding[1], blocks.after],
          },
        },
        {
          op: 'QuantizeLinear',
          inputs: ['blocks/real', `${name}/scale`, `${name}/zero`],
          output: 'blocks/q',
        },
        { op: 'Transpose', inputs: ['blocks/q'], output: 'blocks/rows', ints: { perm: [0, 2, 3, 1] } },
        { op: 'Reshape', inputs: ['blocks/rows', 'blocks/out'], output: 'blocks/each' },
        { op: 'Transpose', inputs: ['blocks/each'], output: `${name}/q`, ints: { perm: [0, 3, 1, 2] } },
      ],
      constants: [{ name: 'blocks/out', shape: [4], values: rowsOf(layer.out) }],
    },
    dequantise(name, own.output, bytes),
  ]);
}

/** [as many, as many, whatever is left, channels] */
const rowsOf = (channels: number) => BigInt64Array.of(0n, 0n, -1n, BigInt(channels));

/**
 * The layer as it looks at blocks: of each output of a block, its weights lie among zeros.
 *
 * @returns also the blocks that it sees before and after its own
 */
function overBlocks(layer: NetworkLayer, own: QuantisedLayer) {
  const { in: channels, out, stride, kernelSize } = layer;
  const each = BLOCK / stride;
  /** Where, from the start of a block, an output of it finds a column of its kernel. */
  const pixelOf = (output: number, column: number) => output * stride + column - layer.padding[0];
  const before = -Math.floor(pixelOf(0, 0) / BLOCK);
  const after = Math.floor(pixelOf(each - 1, kernelSize - 1) / BLOCK);
  const width = before + 1 + after;
  const shape = [each * out, BLOCK * channels, kernelSize, width];
  const kernel = new Int8Array(shape.reduce((product, length) => product * length));
  for (let from = 0; from < own.kernel.length; from++) {
    const column = from % kernelSize;
    const row = Math.floor(from / kernelSize) % kernelSize;
    const channel = Math.floor(from / kernelSize ** 2) % channels;
    const channelOut = Math.floor(from / (kernelSize ** 2 * channels));
    for (let output = 0; output < each; output++) {
      const pixel = pixelOf(output, column) + before * BLOCK;
      const [block, within] = [Math.floor(pixel / BLOCK), pixel % BLOCK];
      const plane = (output * out + channelOut) * BLOCK * channels + within * channels + channel;
      kernel[(plane * kernelSize + row) * width + block] = own.kernel[from] as number;
    }
  }
  const outputs = { length: each * out };
  return {
    shape,
    kernel,
    kernelScales: Float32Array.from(outputs, (_, at) => own.kernelScales[at % out] as number),
    bias: Int32Array.from(outputs, (_, at) => own.bias[at % out] as number),
    biasScales: Float32Array.from(outputs, (_, at) => own.biasScales[at % out] as number),
    before,
    after,
  };
}
