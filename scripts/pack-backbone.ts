/** Packs the weights of a trained MobileNetV2 as the bundle the daemon loads, in half precision, with its golden vector. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { describeGolden, goldenPixels } from '../src/vision/backbone.ts';
import type { BackboneManifest } from '../src/vision/bundle.ts';
import { createOnnxBackbone } from '../src/vision/engines/onnx.ts';
import { float16ToFloat32, float32ToFloat16 } from '../src/vision/float16.ts';

const sourceSchema = z.object({
  id: z.string(),
  architecture: z.string(),
  embedding: z.number(),
  input: z.object({ height: z.number() }),
  layers: z.array(
    z.object({
      name: z.string(),
      op: z.enum(['conv', 'depthwise_conv']),
      kernel: z.number(),
      stride: z.union([z.literal(1), z.literal(2)]),
      activation: z.enum(['relu6', 'linear']),
      in: z.number(),
      out: z.number(),
      residual_from: z.string().optional(),
      weight: z.object({ offset: z.number() }),
      bias: z.object({ offset: z.number() }),
    }),
  ),
});

const program = new Command('pack-backbone')
  .description('Packs manifest.json + weights.f32.bin (little-endian float32, OIHW) as a backbone bundle.')
  .argument('<source>', 'folder with manifest.json and weights.f32.bin')
  .argument('<models>', 'the models folder; the bundle goes to <models>/backbone/<id>')
  .requiredOption('--licence <text>', 'SPDX identifier of the weights')
  .requiredOption('--provenance <text>', 'where the weights come from, in one sentence')
  .action(pack);
await program.parseAsync();

async function pack(source: string, models: string, options: { licence: string; provenance: string }) {
  const described = sourceSchema.parse(JSON.parse(await readFile(join(source, 'manifest.json'), 'utf8')));
  const bytes = await readFile(join(source, 'weights.f32.bin'));
  const half = float32ToFloat16(new Float32Array(new Uint8Array(bytes).buffer));
  const manifest: BackboneManifest = {
    format: 1,
    id: described.id,
    architecture: described.architecture,
    licence: options.licence,
    provenance: options.provenance,
    input: { size: described.input.height, channels: 'RGB', scale: 1 / 127.5, offset: -1 },
    width: described.embedding,
    weights: {
      file: 'weights.f16.bin',
      dtype: 'float16',
      sha256: createHash('sha256').update(half).digest('hex'),
    },
    golden: { first: [], mean: 0, l2: 0 },
    layers: described.layers.map(({ residual_from, weight, bias, ...layer }) => ({
      ...layer,
      ...(residual_from === undefined ? {} : { residualFrom: residual_from }),
      weight: weight.offset / 4,
      bias: bias.offset / 4,
    })),
  };
  const backbone = await createOnnxBackbone({ manifest, weights: float16ToFloat32(half) }, 1);
  manifest.golden = describeGolden(await backbone.embed(goldenPixels(manifest.input.size), 1));
  await backbone.close();

  const folder = join(models, 'backbone', manifest.id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, manifest.weights.file), half);
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  console.log(`${folder}: ${half.length} bytes, golden l2 ${manifest.golden.l2.toFixed(6)}`);
}
