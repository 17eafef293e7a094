/** What is done to an embedding before the head's first layer. */
import * as z from 'zod';

/**
 * `softsign`: scale × x / (1 + |scale × x|) of each number. Most numbers of an embedding are near zero and few are large;
 * a compressive function lets faint features speak, as the power normalisation of Fisher vectors does (Perronnin et al.
 * 2010). This one is an activation that Keras, TensorFlow.js and ONNX know.
 */
export const headInputSchema = z.object({ kind: z.literal('softsign'), scale: z.number().positive() });

export type HeadInput = z.infer<typeof headInputSchema>;

/** @param input nothing is done where it is undefined, and the very array given back */
export function prepareEmbeddings(embeddings: Float32Array, input: HeadInput | undefined): Float32Array {
  if (input === undefined) return embeddings;
  return embeddings.map(value => {
    const scaled = input.scale * value;
    return scaled / (1 + Math.abs(scaled));
  });
}
