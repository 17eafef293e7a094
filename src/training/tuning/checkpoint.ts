/** A run on disk: everything that the next step depends on, in one file that is replaced as a whole. */
import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../base/durable.ts';
import type { Weights } from './network.ts';
import type { TuningEpoch } from './options.ts';

/** Where a run is. The numbers drawn in a step follow from the seed and its number, so there is no other state. */
export interface RunProgress {
  /** Steps done. */
  readonly step: number;
  /** Sum of the losses since the epoch began. */
  readonly lossSum: number;
  readonly history: readonly TuningEpoch[];
  readonly bestEpoch: number;
}

export interface Checkpoint {
  /** What the run was started with; another key, another run. */
  readonly key: string;
  readonly progress: RunProgress;
}

interface Header extends Checkpoint {
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Writes header length (uint32), header (JSON) and float32 values, little-endian. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint, weights: Weights): Promise<void> {
  const entries = Object.entries(weights);
  const described = entries.map(([name, { shape }]) => ({ name, shape }));
  const header = Buffer.from(JSON.stringify({ ...checkpoint, weights: described } satisfies Header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const values = entries.map(
    ([
      ,
      {
        values: { buffer, byteOffset, byteLength },
      },
    ]) => Buffer.from(buffer, byteOffset, byteLength),
  );
  await replaceFile(path, Buffer.concat([length, header, ...values]));
}

/** @returns null where there is none, or one of another run, or one that is damaged */
export async function readCheckpoint(
  path: string,
  key: string,
): Promise<{ progress: RunProgress; weights: Weights } | null> {
  const bytes = await readFile(path).catch(() => null);
  const header = bytes === null ? null : readHeader(bytes);
  if (bytes === null || header === null || header.key !== key) return null;
  const values = new Float32Array(new Uint8Array(bytes.subarray(4 + bytes.readUInt32LE(0))).buffer);
  const weights: Record<string, Weights[string]> = {};
  let at = 0;
  for (const { name, shape } of header.weights) {
    const size = shape.reduce((product, side) => product * side, 1);
    weights[name] = { shape, values: values.slice(at, at + size) };
    at += size;
  }
  return { progress: header.progress, weights };
}

function readHeader(bytes: Buffer): Header | null {
  try {
    const length = bytes.readUInt32LE(0);
    const header = JSON.parse(bytes.subarray(4, 4 + length).toString('utf8')) as Header;
    const numbers = header.weights.reduce(
      (sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1),
      0,
    );
    return bytes.length === 4 + length + numbers * 4 ? header : null;
  } catch {
    return null;
  }
}
