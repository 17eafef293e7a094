/** Reads layers models of TensorFlow.js: `model.json` and the shards of weights beside it. */
import * as z from 'zod';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { float16ToFloat32 } from '../../vision/float16.ts';
import type { ModelFiles } from './files.ts';
import { flattenModel } from './graph.ts';
import { parseModelConfig } from './keras-config.ts';
import type { Tensor } from './tensor.ts';
import type { ReadModel } from './weight-list.ts';
import { byRole } from './weight-roles.ts';

const specSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.string(),
  quantization: z
    .object({ dtype: z.enum(['uint8', 'uint16', 'float16']), scale: z.number(), min: z.number() })
    .partial({ scale: true, min: true })
    .optional(),
});

const modelSchema = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(specSchema) })),
  userDefinedMetadata: z.unknown().optional(),
});

type Spec = z.infer<typeof specSchema>;

/** @throws SurfwatchError `import-unreadable`, `import-unsuitable` */
export async function readTfjsModel(files: ModelFiles): Promise<ReadModel> {
  const { origin } = files;
  const json = parse(files.main.bytes, origin);
  const topology = json.modelTopology;
  if (json.format === 'graph-model' || 'node' in topology) {
    throw new SurfwatchError(
      'import-unsuitable',
      `${origin} is a graph model of TensorFlow.js, in which layers are no longer to be told apart; a layers model fits`,
    );
  }
  const tensors = new Map<string, Tensor>();
  for (const { paths, weights } of json.weightsManifest) {
    const bytes = await readShards(files, paths);
    let at = 0;
    for (const spec of weights) {
      const { tensor, end } = decode(spec, bytes, at, origin);
      tensors.set(spec.name, tensor);
      at = end;
    }
  }
  const metadata = json.userDefinedMetadata;
  return {
    kind: 'model',
    graph: flattenModel(parseModelConfig(topology.model_config ?? topology, origin), origin),
    weightsOf: layer => byRole([...tensors].filter(([name]) => name.split('/').at(-2) === layer.name)),
    metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
  };
}

function parse(bytes: Uint8Array, origin: string): z.infer<typeof modelSchema> {
  try {
    return modelSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('import-unreadable', `${origin} is no model of TensorFlow.js: ${reason}`, {
      cause: error,
    });
  }
}

async function readShards(files: ModelFiles, paths: readonly string[]): Promise<Uint8Array> {
  const shards = await Promise.all(
    paths.map(async path => {
      const shard = await files.beside(path);
      if (shard !== undefined) return shard;
      throw new SurfwatchError(
        'import-unreadable',
        `${files.origin}: its weights ${path} are not beside it; give the folder or archive with both`,
      );
    }),
  );
  return Buffer.concat(shards);
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, float16: 2, uint16: 2, uint8: 1 };

/** Weights may be quantised: value = stored × scale + min. */
function decode(
  spec: Spec,
  bytes: Uint8Array,
  start: number,
  origin: string,
): { tensor: Tensor; end: number } {
  const stored = spec.quantization?.dtype ?? spec.dtype;
  const width = BYTES[stored];
  const count = spec.shape.reduce((product, size) => product * size, 1);
  const end = start + count * (width ?? 0);
  if (width === undefined || end > bytes.length) {
    const why = width === undefined ? `are of type ${stored}` : 'go beyond the end of the file';
    throw new SurfwatchError('import-unreadable', `${origin}: the weights ${spec.name} ${why}`);
  }
  // A copy begins at an address that every kind of array can view.
  const { buffer } = new Uint8Array(bytes.subarray(start, end));
  const { scale = 1, min = 0 } = spec.quantization ?? {};
  const values =
    stored === 'float32'
      ? new Float32Array(buffer)
      : stored === 'float16'
        ? float16ToFloat32(new Uint8Array(buffer))
        : Float32Array.from(
            stored === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer),
            value => value * scale + min,
          );
  return { tensor: { shape: spec.shape, values }, end };
}
