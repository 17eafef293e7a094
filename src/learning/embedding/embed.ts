/** Runs pictures through the frozen backbone, a batch at a time. */
import type { Backbone } from '../../vision/backbone.ts';
import type { EmbeddedSet, Sample } from './sample.ts';

const BATCH = 16;

/** A sample with its pixels, [input, input, 3] RGB bytes. */
export interface SampleView {
  readonly sample: Sample;
  readonly pixels: Uint8Array;
}

/** Embeds views as they come; the next batch is drawn while one is computed, and only these two are held. */
export async function embedViews(backbone: Backbone, views: AsyncIterable<SampleView>): Promise<EmbeddedSet> {
  const { input, width } = backbone.manifest;
  const each = input.size * input.size * 3;
  const samples: Sample[] = [];
  const chunks: Float32Array[] = [];
  let filling = new Uint8Array(BATCH * each);
  let spare = new Uint8Array(BATCH * each);
  let filled = 0;
  let computing: Promise<Float32Array> | undefined;
  const take = async () => {
    if (computing !== undefined) chunks.push(await computing);
    computing = undefined;
  };
  const flush = async () => {
    await take();
    if (filled === 0) return;
    // A copy: an engine may keep its result in memory that the next batch reuses.
    computing = backbone
      .embed(filling.subarray(0, filled * each), filled)
      .then(data => Float32Array.from(data));
    // Its failure is met where it is taken; until then nobody waits for it.
    computing.catch(() => undefined);
    [filling, spare] = [spare, filling];
    filled = 0;
  };
  for await (const { sample, pixels } of views) {
    filling.set(pixels, filled * each);
    samples.push(sample);
    filled += 1;
    if (filled === BATCH) await flush();
  }
  await flush();
  await take();
  return { samples, embeddings: joined(chunks, samples.length * width), width };
}

function joined(chunks: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
