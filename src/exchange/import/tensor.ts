/** Numbers with a shape, as model files hold them. */

export interface Tensor {
  readonly shape: readonly number[];
  /** Row by row: the last index changes fastest. */
  readonly values: Float32Array;
}

/** `3×3×32`, for messages. */
export function describeShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'a single number' : shape.join('×');
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, index) => size === b[index]);
}

/**
 * Puts a kernel of TensorFlow's in the order of the bundle's.
 *
 * @param tensor [height, width, in, out], or [height, width, channels, 1] of a depthwise convolution
 * @returns [out, in, height, width] or [channels, 1, height, width]
 */
export function toOihw({ shape, values }: Tensor, op: 'conv' | 'depthwise_conv'): Float32Array {
  const [height = 0, width = 0, third = 0, fourth = 0] = shape;
  const [inputs, outputs] = op === 'conv' ? [third, fourth] : [1, third];
  const result = new Float32Array(values.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) {
          result[((o * inputs + i) * height + y) * width + x] = values[at++] as number;
        }
      }
    }
  }
  return result;
}

/** [rows, columns] to [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return result;
}
