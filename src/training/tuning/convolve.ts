/** One layer with its gradient by hand: the forward pass on the fused kernel, half the time and memory of tfjs's own. */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { BackboneLayer } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';

/**
 * Convolution, bias and activation. tfjs has no gradient of its fused kernels with ReLU6, and the one of a ReLU6 by
 * itself runs on a step function that takes ten times as long as the layer.
 *
 * @param x [n, height, width, in]
 * @param kernel as TensorFlow wants it
 */
export function convolve(
  tf: Tensorflow,
  layer: BackboneLayer,
  x: Tensor4D,
  kernel: Tensor4D,
  bias: Tensor1D,
): Tensor4D {
  const { stride, activation } = layer;
  const depthwise = layer.op === 'depthwise_conv';
  const operation = tf.customGrad((...given) => {
    const [input, filter, offset, save] = given as unknown as [
      Tensor4D,
      Tensor4D,
      Tensor1D,
      (tensors: Tensor[]) => void,
    ];
    const common = { x: input, filter, strides: stride, pad: 'same', bias: offset, activation } as const;
    const value = depthwise ? tf.fused.depthwiseConv2d(common) : tf.fused.conv2d(common);
    save([input, filter, value]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [from, weights, output] = saved as [Tensor4D, Tensor4D, Tensor4D];
        const inner = activation === 'relu6' ? withinRange(dy as Tensor4D, output) : (dy as Tensor4D);
        const shared = { strides: stride, pad: 'same', dimRoundingMode: undefined };
        const attributes = depthwise ? { ...shared, dilations: 1 } : { ...shared, dataFormat: 'NHWC' };
        const [toInput, toFilter] = depthwise ? DEPTHWISE : CONVOLUTION;
        const run = (kernelName: string, inputs: Record<string, Tensor>, attrs: object) =>
          tf.engine().runKernel(kernelName, inputs, attrs as Record<string, never>) as Tensor;
        return [
          run(toInput, { dy: inner, filter: weights }, { ...attributes, inputShape: from.shape }),
          run(toFilter, { x: from, dy: inner }, { ...attributes, filterShape: weights.shape }),
          sumOfChannels(tf, inner),
        ];
      },
    };
  });
  return operation(x, kernel, bias) as Tensor4D;
}

const CONVOLUTION = ['Conv2DBackpropInput', 'Conv2DBackpropFilter'] as const;
const DEPTHWISE = ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'] as const;

/** ReLU6 lets the gradient through where its output is neither 0 nor 6. */
function withinRange(dy: Tensor4D, output: Tensor4D): Tensor4D {
  return dy.mul(output.greater(0).logicalAnd(output.less(6)).cast('float32'));
}

/** As a product of matrices, a third of the time of a sum over three axes. */
function sumOfChannels(tf: Tensorflow, dy: Tensor4D): Tensor1D {
  const channels = dy.shape[3];
  const rows = dy.size / channels;
  const ones: Tensor2D = tf.ones([1, rows]);
  return ones.matMul(dy.reshape<Tensor2D>([rows, channels])).reshape([channels]);
}
