/** Writes a backbone bundle: `models/backbone/<id>/` with its weights, its manifest and a golden vector. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { replaceFolder } from '../ops/durable.ts';
import { describeGolden, goldenPixels } from './backbone.ts';
import type { BackboneManifest } from './bundle.ts';
import { createOnnxBackbone } from './engines/onnx.ts';
import { float16ToFloat32, float32ToFloat16 } from './float16.ts';

/** What a manifest says before its weights are packed. */
export type BackboneDraft = Omit<BackboneManifest, 'weights' | 'golden'>;

/**
 * Packs the weights in half precision and saves the bundle as `<models>/backbone/<id>/`, replacing one of that id.
 *
 * @param models the folder with `backbone/` and `heads/`
 * @param weights all numbers; the draft's layers say where theirs begin
 * @param files written beside it by name: the card
 */
export async function saveBackbone(
  models: string,
  draft: BackboneDraft,
  weights: Float32Array,
  files: Readonly<Record<string, string>> = {},
): Promise<BackboneManifest> {
  const half = float32ToFloat16(weights);
  const sha256 = createHash('sha256').update(half).digest('hex');
  const packed: BackboneManifest = {
    ...draft,
    weights: { file: 'weights.f16.bin', dtype: 'float16', sha256 },
    golden: { first: [], mean: 0, l2: 0 },
  };
  // The golden vector is of the weights as they will be read.
  const backbone = await createOnnxBackbone({ manifest: packed, weights: float16ToFloat32(half) }, 1);
  const golden = describeGolden(await backbone.embed(goldenPixels(draft.input.size), 1));
  await backbone.close();
  const manifest = { ...packed, golden };
  await replaceFolder(join(models, 'backbone', manifest.id), {
    ...files,
    [manifest.weights.file]: half,
    'manifest.json': `${JSON.stringify(manifest, null, 1)}\n`,
  });
  return manifest;
}
