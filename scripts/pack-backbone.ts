/** Packs the weights of a trained MobileNetV2 as the bundle the daemon loads, in half precision, with its golden vector. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import * as z from 'zod';
import { type BackboneDraft, saveBackbone } from '../src/vision/save-backbone.ts';

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
  /** Offsets in numbers, not bytes. */
  cells: z
    .object({
      of: z.tuple([z.string(), z.string()]),
      width: z.number(),
      kernel: z.number(),
      bias: z.number(),
    })
    .optional(),
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
  const draft: BackboneDraft = {
    format: 1,
    id: described.id,
    architecture: described.architecture,
    licence: options.licence,
    provenance: options.provenance,
    input: { size: described.input.height, channels: 'RGB', scale: 1 / 127.5, offset: -1 },
    width: described.embedding,
    layers: described.layers.map(({ residual_from, weight, bias, ...layer }) => ({
      ...layer,
      ...(residual_from === undefined ? {} : { residualFrom: residual_from }),
      weight: weight.offset / 4,
      bias: bias.offset / 4,
    })),
    cells: described.cells,
  };
  const { golden } = await saveBackbone(models, draft, new Float32Array(new Uint8Array(bytes).buffer));
  console.log(`${join(models, 'backbone', draft.id)}: golden l2 ${golden.l2.toFixed(6)}`);
}
