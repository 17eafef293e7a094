/** The hidden layer of a head for many rows at once, in memory that the matrix kernel computes on. */
import type { HeadBundle } from './head-bundle.ts';
import { createMultiply, type Multiply } from './matrix-kernel.ts';

export interface HiddenLayer {
  readonly width: number;
  readonly hidden: number;
  /** Largest number of rows at a time. */
  readonly most: number;
  /** Numbers from the start of a row of `kernel`, `gradient` and `units` to the start of the next. */
  readonly columns: number;
  /** [width, columns]: turned, as the product reads it. */
  readonly kernel: Float32Array;
  /** [hidden] */
  readonly bias: Float32Array;
  /** [most, columns]: what {@link HiddenLayer.forward} fills; a fit writes the gradient of the sums over it. */
  readonly units: Float32Array;
  /** [width, columns]: of `kernel`; what {@link HiddenLayer.backward} fills. */
  readonly gradient: Float32Array;
  /** Copies the weights of a head. */
  load(head: Pick<HeadBundle, 'hiddenKernel' | 'hiddenBias'>): void;
  /**
   * Dense and ReLU of some rows.
   *
   * @param from [count, width]
   * @param first row to begin with
   */
  forward(from: Float32Array, first: number, rows: number): void;
  /** The gradient of the kernel for the rows that were given to `forward`, from that of the sums. */
  backward(rows: number): void;
}

const PAGE = 65_536;
/** Numbers between the ends of rows: rows a power of two apart fall on the same lines of the processor's cache. */
const GAP = 16;

export function createHiddenLayer(
  { width, hidden, most }: Pick<HiddenLayer, 'width' | 'hidden' | 'most'>,
  multiplyOn = createMultiply,
): HiddenLayer {
  // What the kernel asks for: rows in pairs, columns by sixteens.
  const even = (count: number) => count + (count % 2);
  const columns = Math.ceil(hidden / 16) * 16;
  const stride = width + GAP;
  const sizes = [even(most) * stride, width * columns, even(width) * columns, even(most) * columns];
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((sizes.reduce((sum, size) => sum + size) * 4) / PAGE),
  });
  let used = 0;
  const [inputs, kernel, gradient, units] = sizes.map(length => {
    const view = new Float32Array(memory.buffer, used, length);
    used += length * 4;
    return view;
  }) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const bias = new Float32Array(hidden);
  const multiply: Multiply = multiplyOn(memory);
  return {
    width,
    hidden,
    most,
    columns,
    kernel,
    bias,
    units,
    gradient,
    load: ({ hiddenKernel, hiddenBias }) => {
      bias.set(hiddenBias);
      for (let unit = 0; unit < hidden; unit++) {
        for (let index = 0; index < width; index++) {
          kernel[index * columns + unit] = hiddenKernel[unit * width + index] as number;
        }
      }
    },
    forward: (from, first, rows) => {
      for (let row = 0; row < rows; row++) {
        inputs.set(from.subarray((first + row) * width, (first + row + 1) * width), row * stride);
      }
      multiply(
        inputs.byteOffset,
        kernel.byteOffset,
        units.byteOffset,
        even(rows),
        width,
        columns * 4,
        stride * 4,
        4,
      );
      for (let row = 0; row < rows; row++) {
        for (let unit = 0; unit < hidden; unit++) {
          const at = row * columns + unit;
          units[at] = Math.max(0, (units[at] as number) + (bias[unit] as number));
        }
      }
    },
    backward: rows =>
      multiply(
        inputs.byteOffset,
        units.byteOffset,
        gradient.byteOffset,
        even(width),
        rows,
        columns * 4,
        4,
        stride * 4,
      ),
  };
}
