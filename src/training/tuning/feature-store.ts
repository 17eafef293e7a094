/** What the frozen part gives for each view, on disk: computed once, and read a batch at a time in any order. */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../../learning/fit/sample.ts';
import { float16ToFloat32 } from '../../vision/float16.ts';
import type { SampleView } from '../embedding/view.ts';

/** Values of each kind, side by side in a record. */
export interface RecordShape {
  /** Length of the feature map. */
  readonly features: number;
  /** Length of the teacher's embedding; 0 without a teacher. */
  readonly teacher: number;
}

/** Computes the record of one view: `features` and then `teacher` values in float16 bits. */
export type ComputeRecord = (pixels: Uint8Array) => Promise<Uint16Array>;

export interface FeatureStore {
  readonly shape: RecordShape;
  readonly samples: readonly Sample[];
  /** Reads records, in the order of `rows`. */
  read(rows: readonly number[]): Promise<StoredBatch>;
  close(): Promise<void>;
}

export interface StoredBatch {
  /** [rows, features] */
  readonly features: Float32Array;
  /** [rows, teacher] */
  readonly teacher: Float32Array;
}

export interface StoreSource {
  /** What the records depend on; another key, another store. */
  readonly key: readonly (string | number)[];
  readonly count: number;
  views(): AsyncIterable<SampleView>;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Records between two flushes to the disk: what a power cut can cost. */
const FLUSH = 128;

/**
 * Opens the store of this key in `directory`, and computes what it lacks: all, or what was left when it was interrupted.
 * Records hold `shape` numbers in half precision: 25 KB for a map of 14 × 14 × 64.
 */
export async function openFeatureStore(
  directory: string,
  shape: RecordShape,
  source: StoreSource,
  compute: ComputeRecord,
): Promise<FeatureStore> {
  const key = createHash('sha256')
    .update(JSON.stringify([source.key, shape]))
    .digest('hex')
    .slice(0, 20);
  const folder = join(directory, `features-${key}`);
  await mkdir(folder, { recursive: true });
  const rows = await open(join(folder, 'rows.jsonl'), 'a+');
  const data = await open(join(folder, 'records.f16'), 'a+');
  try {
    const each = (shape.features + shape.teacher) * 2;
    const known = await readRows(join(folder, 'rows.jsonl'));
    const samples = known.complete
      ? known.samples
      : await fill({ rows, data, each, known: known.samples, source, compute });
    return { shape, samples, read: wanted => readRecords(data, shape, wanted), close: () => data.close() };
  } catch (error) {
    await data.close();
    throw error;
  } finally {
    await rows.close();
  }
}

const END = '"end"';

/** A line cut short by a kill, and all after it, counts as missing. */
async function readRows(path: string): Promise<{ samples: Sample[]; complete: boolean }> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  lines.pop();
  const complete = lines.at(-1) === END;
  if (complete) lines.pop();
  return { samples: lines.map(line => JSON.parse(line) as Sample), complete };
}

interface Filling {
  readonly rows: FileHandle;
  readonly data: FileHandle;
  /** Bytes of a record. */
  readonly each: number;
  readonly known: readonly Sample[];
  readonly source: StoreSource;
  readonly compute: ComputeRecord;
}

async function fill({ rows, data, each, known, source, compute }: Filling): Promise<Sample[]> {
  const whole = Math.min(known.length, Math.floor((await data.stat()).size / each));
  const samples = known.slice(0, whole);
  await data.truncate(whole * each);
  await rows.truncate(0);
  await rows.appendFile(samples.map(lineOf).join(''));
  let waiting: string[] = [];
  // Records first: a row is only ever on disk together with its record.
  const flush = async () => {
    await data.datasync();
    await rows.appendFile(waiting.join(''));
    waiting = [];
  };
  let index = 0;
  try {
    for await (const { sample, pixels } of source.views()) {
      source.signal?.throwIfAborted();
      index += 1;
      if (index <= whole) continue;
      const record = await compute(pixels);
      await data.appendFile(new Uint8Array(record.buffer, record.byteOffset, record.byteLength));
      samples.push(sample);
      waiting.push(lineOf(sample));
      if (waiting.length === FLUSH) await flush();
      source.onProgress(index, Math.max(source.count, index));
    }
  } finally {
    await flush();
  }
  await rows.appendFile(`${END}\n`);
  await rows.datasync();
  return samples;
}

function lineOf(sample: Sample): string {
  return `${JSON.stringify(sample)}\n`;
}

async function readRecords(
  data: FileHandle,
  shape: RecordShape,
  rows: readonly number[],
): Promise<StoredBatch> {
  const features = new Float32Array(rows.length * shape.features);
  const teacher = new Float32Array(rows.length * shape.teacher);
  const bytes = new Uint8Array((shape.features + shape.teacher) * 2);
  for (const [index, row] of rows.entries()) {
    const { bytesRead } = await data.read(bytes, 0, bytes.length, row * bytes.length);
    if (bytesRead !== bytes.length) throw new RangeError(`record ${row} is missing from the cache`);
    const values = float16ToFloat32(bytes);
    features.set(values.subarray(0, shape.features), index * shape.features);
    teacher.set(values.subarray(shape.features), index * shape.teacher);
  }
  return { features, teacher };
}
