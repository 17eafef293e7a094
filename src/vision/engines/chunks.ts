/** Splits a batch: beyond a few tiles a larger one is no faster, as its layers outgrow the caches, and takes more memory. */

/**
 * @param pixels [count, …] bytes
 * @param width length of an embedding
 * @param chunk tiles in a run: what an engine computes fastest in the least memory
 * @param run embeds a few tiles: their pixels, and how many they are
 * @returns [count, width]
 */
export async function embedInChunks(
  pixels: Uint8Array,
  count: number,
  width: number,
  chunk: number,
  run: (pixels: Uint8Array, count: number) => Promise<Float32Array>,
): Promise<Float32Array> {
  const each = pixels.length / count;
  const embeddings = new Float32Array(count * width);
  for (let first = 0; first < count; first += chunk) {
    const size = Math.min(chunk, count - first);
    const part = pixels.subarray(first * each, (first + size) * each);
    embeddings.set(await run(part, size), first * width);
  }
  return embeddings;
}
