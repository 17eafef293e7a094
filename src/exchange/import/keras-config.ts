/** The JSON in which Keras 2, Keras 3 and tfjs describe a model's layers and how they are joined. */
import * as z from 'zod';
import { messageOf, SurfwatchError } from '../../errors.ts';

const layerSchema = z.object({
  class_name: z.string(),
  // Sequential models were lists once.
  config: z.union([
    z.record(z.string(), z.unknown()),
    z.array(z.unknown()).transform(layers => ({ layers })),
  ]),
  name: z.string().optional(),
  inbound_nodes: z.array(z.unknown()).optional(),
});

export interface LayerConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly name?: string | undefined;
  readonly inbound_nodes?: readonly unknown[] | undefined;
}

/**
 * @param text JSON, or what was parsed from it
 * @throws SurfwatchError `import-unreadable`
 */
export function parseModelConfig(text: unknown, origin: string): LayerConfig {
  try {
    return layerSchema.parse(typeof text === 'string' ? JSON.parse(text) : text);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('import-unreadable', `${origin}: its description of the model: ${reason}`, {
      cause: error,
    });
  }
}

/** The layers of a model; none of a layer. */
export function layersOf({ config }: LayerConfig): LayerConfig[] {
  if (!Array.isArray(config.layers)) return [];
  return config.layers.flatMap(layer => {
    const parsed = layerSchema.safeParse(layer);
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * Names of the layers a node or a list of outputs refers to. Keras 2 and tfjs write `[[name, 0, 0, {…}], …]` or a single
 * such list, Keras 3 tensors with a `keras_history` among other arguments.
 */
export function namesOf(node: unknown): string[] {
  if (Array.isArray(node)) {
    const [first, second] = node;
    if (typeof first === 'string' && typeof second === 'number') return [first];
    return node.flatMap(namesOf);
  }
  if (node === null || typeof node !== 'object') return [];
  const { keras_history: history, ...rest } = node as Record<string, unknown>;
  if (Array.isArray(history) && typeof history[0] === 'string') return [history[0]];
  return Object.values(rest).flatMap(namesOf);
}

/** The numbers among a node's arguments, without the indices that belong to names. */
export function constantsOf(node: unknown): number[] {
  if (typeof node === 'number') return [node];
  if (Array.isArray(node)) {
    const isReference = typeof node[0] === 'string' && typeof node[1] === 'number';
    return node.slice(isReference ? 3 : 0).flatMap(constantsOf);
  }
  if (node === null || typeof node !== 'object') return [];
  const object = node as Record<string, unknown>;
  return object.class_name === '__keras_tensor__' ? [] : Object.values(object).flatMap(constantsOf);
}
