/** Writes a backbone bundle: `models/backbone/<id>/` with its weights, its manifest and a golden vector. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { replaceFolder } from '../base/durable.ts';
import { describeGolden, goldenCells, goldenPixels } from './backbone.ts';
import type { BackboneManifest } from './bundle.ts';
import { createOnnxBackbone } from './engines/onnx.ts';
import { float16ToFloat32, float32ToFloat16 } from './float16.ts';

/** What a manifest says before its weights are packed. */
export type BackboneDraft = Omit<BackboneManifest, 'weights' | 'golden' | 'cells'> & {
  readonly cells?: Omit<NonNullable<BackboneManifest['cells']>, 'golden'> | undefined;
};

/**
 * Packs the weights and saves the bundle as `<models>/backbone/<id>/`, replacing one of that id.
 *
 * @param models the folder with `backbone/` and `heads/`
 * @param weights all numbers; the draft's layers say where theirs begin
 * @param files written beside it by name: the card
 * @param dtype half precision halves the file; ImageNet's weights lose too much by it (cosine 0.9998 on photos)
 */
export async function saveBackbone(
  models: string,
  draft: BackboneDraft,
  weights: Float32Array,
  files: Readonly<Record<string, string>> = {},
  dtype: 'float16' | 'float32' = 'float16',
): Promise<BackboneManifest> {
  const { bytes, read, sha256 } = packWeights(weights, dtype);
  const { cells, ...rest } = draft;
  const packed: BackboneManifest = {
    ...rest,
    ...(cells === undefined ? {} : { cells: { ...cells, golden: { first: [], mean: 0, l2: 0 } } }),
    weights: { file: dtype === 'float16' ? 'weights.f16.bin' : 'weights.f32.bin', dtype, sha256 },
    golden: { first: [], mean: 0, l2: 0 },
  };
  // The golden vector is of the weights as they will be read.
  const backbone = await createOnnxBackbone({ manifest: packed, weights: read }, 1);
  const golden = describeGolden(await backbone.embed(goldenPixels(draft.input.size), 1));
  const vectors =
    backbone.cells && cells && (await goldenCells(backbone.cells, draft.input.size, cells.width));
  await backbone.close();
  const manifest = {
    ...packed,
    golden,
    ...(cells && vectors ? { cells: { ...cells, golden: describeGolden(vectors) } } : {}),
  };
  await replaceFolder(join(models, 'backbone', manifest.id), {
    ...files,
    [manifest.weights.file]: bytes,
    'manifest.json': `${JSON.stringify(manifest, null, 1)}\n`,
  });
  return manifest;
}

/** The bytes of a weight file, the numbers as they will be read from it, and its SHA-256. */
export function packWeights(weights: Float32Array, dtype: 'float16' | 'float32') {
  const bytes =
    dtype === 'float16'
      ? float32ToFloat16(weights)
      : new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  const read = dtype === 'float16' ? float16ToFloat32(bytes) : weights;
  return { bytes, read, sha256: createHash('sha256').update(bytes).digest('hex') };
}
