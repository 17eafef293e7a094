/** The head bundle: `models/heads/<id>/head.json` with its weights beside it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isInherited } from '../base/inherited.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { headInputSchema } from './head-input.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const probability = z.number().min(0).max(1);

/** The name of an activity in files that come with a head. */
export const activityNameSchema = z
  .string()
  .regex(/^[a-z0-9-]+$/)
  .refine(name => !isInherited(name), 'every object of JavaScript has something of that name');

/** What a head for cells says of riders and frames. */
const cellSenseSchema = z.object({
  /** Probability, 0..1, from which one detection in one frame counts as a rider. */
  rider: probability,
  /** The same where a crowd of riders of its activity surely is in the frame; `rider` where it is missing. */
  crowd: probability.optional(),
  /** From what was found in a frame to the probability that an activity goes on there: log odds = slope × evidence + intercept. */
  presence: z.object({ slope: z.number().positive(), intercept: z.number() }),
});

export type CellSense = z.infer<typeof cellSenseSchema>;

export const headManifestSchema = z
  .object({
    format: z.literal(1),
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/),
    createdAt: z.iso.datetime(),
    /** Names, in the order of the outputs. Each output is the probability that its activity is in the picture, or the cell. */
    activities: z.array(activityNameSchema).min(1),
    /** Length of an embedding, or of a cell's vector, and number of hidden units. */
    width: z.number().int().positive().multipleOf(4),
    hidden: z.number().int().positive(),
    /** The backbone whose embeddings it was fitted to: a head never loads on another. */
    backbone: z.object({ id: z.string(), sha256: sha256Schema }),
    /** What is done to each embedding first; nothing where it is missing. */
    input: headInputSchema.optional(),
    /** Platt scaling of each output's logit: probability = sigmoid(slope × logit + intercept). */
    calibration: z.array(z.object({ slope: z.number().positive(), intercept: z.number() })),
    /** Calibrated probability from which an activity counts as present. */
    thresholds: z.record(z.string(), probability),
    /**
     * `sigmoid` (where nothing is said): each output stands by itself. `softmax`: the outputs share a probability of 1
     * among the activities and the `background` classes, whose outputs come after theirs.
     */
    output: z.enum(['sigmoid', 'softmax']).optional(),
    /** Classes that are no activity: what a softmax needs beside them; of a head for cells kites, people on land and so on. */
    background: z.array(z.string()).optional(),
    /** There where the head is for the cells of a frame, not for a whole picture; see {@link CellSense}. */
    cells: cellSenseSchema.optional(),
    weights: z.object({ file: z.string().regex(/^[\w.-]+$/), sha256: sha256Schema }),
    /** How it came about: all that is needed to make it again. */
    training: z.object({
      parent: z.string().nullable(),
      seed: z.number().int(),
      dataSha256: sha256Schema,
      command: z.string(),
    }),
  })
  .refine(
    head => head.calibration.length === head.activities.length,
    'calibration must have one entry an activity',
  )
  .refine(
    head => head.activities.every(activity => head.thresholds[activity] !== undefined),
    'thresholds must name every activity',
  )
  .refine(
    head =>
      head.output === 'softmax'
        ? outputsOf(head) >= 2 && head.cells === undefined
        : head.cells !== undefined || (head.background ?? []).length === 0,
    'softmax takes two outputs or more and no cells, and sigmoid a background for cells alone',
  );

export type HeadManifest = z.infer<typeof headManifestSchema>;

/** Number of outputs: the activities, and the background classes after them. */
export function outputsOf(head: {
  readonly activities: readonly string[];
  readonly background?: readonly string[] | undefined;
}): number {
  return head.activities.length + (head.background?.length ?? 0);
}

export interface HeadBundle {
  readonly manifest: HeadManifest;
  /** [hidden, width] */
  readonly hiddenKernel: Float32Array;
  /** [hidden] */
  readonly hiddenBias: Float32Array;
  /** [outputs, hidden]: see {@link outputsOf} */
  readonly outputKernel: Float32Array;
  /** [outputs] */
  readonly outputBias: Float32Array;
}

/**
 * Reads a head and checks that it belongs to the backbone.
 *
 * @param heads the folder `models/heads`
 * @param id a head's id, or `current` for the one that `heads/current` names
 * @throws SurfwatchError `model-missing`, `model-invalid`
 */
export async function loadHead(
  heads: string,
  id: string,
  backbone: HeadManifest['backbone'],
): Promise<HeadBundle> {
  const name = id === 'current' ? (await read(join(heads, 'current'))).toString('utf8').trim() : id;
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name)) {
    throw new SurfwatchError('model-invalid', `${JSON.stringify(name)} is not the id of a head in ${heads}`);
  }
  const manifest = parseManifest(await read(join(heads, name, 'head.json')), join(heads, name, 'head.json'));
  if (manifest.backbone.sha256 !== backbone.sha256) {
    throw new SurfwatchError(
      'model-invalid',
      `head ${name} belongs to backbone ${manifest.backbone.id} (${manifest.backbone.sha256.slice(0, 12)}…), not to ${backbone.id} (${backbone.sha256.slice(0, 12)}…)`,
    );
  }
  const path = join(heads, name, manifest.weights.file);
  const bytes = await read(path);
  if (createHash('sha256').update(bytes).digest('hex') !== manifest.weights.sha256) {
    throw new SurfwatchError(
      'model-invalid',
      `${path} is not the file its manifest describes (SHA-256 differs)`,
    );
  }
  return { manifest, ...splitWeights(bytes, manifest, path) };
}

/** The weight file: hidden kernel, hidden bias, output kernel, output bias, little-endian float32. */
export function headWeightBytes(head: Omit<HeadBundle, 'manifest'>): Uint8Array {
  const parts = [head.hiddenKernel, head.hiddenBias, head.outputKernel, head.outputBias];
  return Buffer.concat(parts.map(part => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
}

/** Far above what training gives, and far below what makes a score infinite, or no number. */
const MAX_WEIGHT = 1e6;

function splitWeights(bytes: Buffer, manifest: HeadManifest, path: string) {
  const { width, hidden } = manifest;
  const outputs = outputsOf(manifest);
  const sizes = [hidden * width, hidden, outputs * hidden, outputs];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== total * 4) {
    throw new SurfwatchError(
      'model-invalid',
      `${path} has ${bytes.length} bytes, its manifest describes ${total * 4}`,
    );
  }
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  // Not a number is not within it either.
  if (!values.every(value => Math.abs(value) <= MAX_WEIGHT)) {
    throw new SurfwatchError('model-invalid', `${path} has weights that are not numbers up to ${MAX_WEIGHT}`);
  }
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
  const [hiddenKernel, hiddenBias, outputKernel, outputBias] = sizes.map((size, index) =>
    values.subarray(starts[index], (starts[index] as number) + size),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  return { hiddenKernel, hiddenBias, outputKernel, outputBias };
}

function parseManifest(bytes: Buffer, path: string): HeadManifest {
  try {
    return headManifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('model-invalid', `${path}: ${reason}`, { cause: error });
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SurfwatchError('model-missing', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
