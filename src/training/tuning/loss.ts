/** What is made small: cross-entropy on labels, divergence from the teacher's soft labels, distance to its embedding. */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';

/** max(z, 0) − z·y + ln(1 + e^−|z|): binary cross-entropy from logits without overflow, its mean. */
export function crossEntropy(logits: Tensor2D, labels: Tensor2D): Scalar {
  return logits.relu().sub(logits.mul(labels)).add(logits.abs().neg().exp().log1p()).mean().asScalar();
}

/**
 * How far the probabilities are from the teacher's (Kullback–Leibler divergence), both made softer by the temperature,
 * and scaled by its square so that the gradient keeps its size (Hinton, Vinyals and Dean 2015).
 */
export function softDivergence(logits: Tensor2D, teacherLogits: Tensor2D, temperature: number): Scalar {
  const said = teacherLogits.div<Tensor2D>(temperature);
  const soft = said.sigmoid<Tensor2D>();
  const least = crossEntropy(said, soft);
  return crossEntropy(logits.div<Tensor2D>(temperature), soft)
    .sub(least)
    .mul<Scalar>(temperature ** 2);
}

/**
 * Mean squared distance of the embedding, mapped linearly, to the teacher's, as a share of the teacher's mean square.
 *
 * @param map [width, teacher's width]
 */
export function embeddingDistance(
  tf: Tensorflow,
  embeddings: Tensor2D,
  map: Tensor2D,
  teacher: Tensor2D,
): Scalar {
  const mapped = embeddings.matMul(map);
  return tf.squaredDifference(mapped, teacher).mean().div(teacher.square().mean().add(1e-6)).asScalar();
}
