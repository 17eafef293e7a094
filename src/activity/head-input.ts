/** What is done to an embedding before the head's first layer. */
import { z } from 'zod';

/**
 * `log`: log(1 + scale × x) of each number. Most numbers of an embedding are near zero and few are large; the logarithm
 * lets faint features speak as the power normalisation of Fisher vectors does (Perronnin et al. 2010).
 */
export const headInputSchema = z.object({ kind: z.literal('log'), scale: z.number().positive() });

export type HeadInput = z.infer<typeof headInputSchema>;

/** @param input nothing is done where it is undefined, and the very array given back */
export function prepareEmbeddings(embeddings: Float32Array, input: HeadInput | undefined): Float32Array {
  return input === undefined ? embeddings : embeddings.map(value => Math.log1p(input.scale * value));
}
