/** The base set in a head's folder: `base.json` and `base.f16.bin`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { activityNameSchema } from '../../activity/head-bundle.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../vision/float16.ts';
import type { Sample } from '../fit/sample.ts';
import type { BaseSet } from '../retrain/types.ts';

const HEADER = 'base.json';
const NUMBERS = 'base.f16.bin';
const whole = z.number().int().min(0);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Source, group, file, part, one digit an activity, and whether it is a changed view. */
const sampleSchema = z.tuple([whole, whole, whole, z.string(), z.string().regex(/^[01]+$/), z.boolean()]);

/** Groups and files are numbered: their names would tell who took the pictures, and where they lay. */
const headerSchema = z.object({
  format: z.literal(1),
  activities: z.array(activityNameSchema).min(1),
  /** SHA-256 of the backbone's weights. */
  backbone: sha256Schema,
  width: z.number().int().positive(),
  sources: z.array(z.string()),
  /** Numbers of the held groups. */
  held: z.array(whole),
  samples: z.array(sampleSchema),
  /** Places found in whole frames; their numbers come after those of the samples. */
  found: z.array(sampleSchema).optional(),
  /** SHA-256 of the samples and the places as they stand here (JSON) and of the numbers, after one another. */
  sha256: sha256Schema,
});

type Header = z.infer<typeof headerSchema>;
type SampleRow = z.infer<typeof sampleSchema>;

/** @returns the two files by name, to be saved with a head */
export function writeBase({
  activities,
  backbone,
  set,
  held,
  found,
}: BaseSet): Record<string, string | Uint8Array> {
  const sources = numbering();
  const groups = numbering();
  const files = numbering();
  const rowsOf = (all: readonly Sample[]) =>
    all.map(
      (sample): SampleRow => [
        sources.of(sample.source),
        groups.of(sample.group),
        files.of(`${sample.source}\n${sample.file}`),
        sample.part,
        sample.labels.join(''),
        sample.augmented,
      ],
    );
  const samples = rowsOf(set.samples);
  const places = found === undefined ? undefined : rowsOf(found.samples);
  const numbers = Buffer.concat(
    [set, ...(found === undefined ? [] : [found])].map(each => float32ToFloat16(each.embeddings)),
  );
  const header: Header = {
    format: 1,
    activities: [...activities],
    backbone,
    width: set.width,
    sources: sources.names(),
    held: [...held].filter(groups.knows).map(groups.of),
    samples,
    ...(places !== undefined && { found: places }),
    sha256: sumOf(samples, places, numbers),
  };
  return { [HEADER]: `${JSON.stringify(header)}\n`, [NUMBERS]: numbers };
}

/**
 * Reads the base set of a head.
 *
 * @returns null where the head has none
 * @throws SurfwatchError `base-invalid`
 */
export async function loadBase(headFolder: string): Promise<BaseSet | null> {
  const path = join(headFolder, HEADER);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw invalid(`cannot read ${path}: ${error.message}`, error);
  });
  if (text === null) return null;
  const header = parseHeader(text, path);
  const binary = join(headFolder, NUMBERS);
  const numbers = await readFile(binary).catch(error => {
    throw invalid(`cannot read ${binary}: ${messageOf(error)}`, error);
  });
  const { activities, backbone, width, samples, found, sources } = header;
  const bytes = (samples.length + (found?.length ?? 0)) * width * 2;
  if (numbers.length !== bytes) {
    throw invalid(`${binary} has ${numbers.length} bytes, ${HEADER} describes ${bytes}`);
  }
  if (sumOf(samples, found, numbers) !== header.sha256) {
    throw invalid(`${binary} and ${HEADER} don't belong together, or one is damaged (SHA-256 differs)`);
  }
  const embeddings = float16ToFloat32(numbers);
  const end = samples.length * width;
  const setOf = (rows: readonly SampleRow[], own: Float32Array) => ({
    samples: rows.map(row => sampleOf(row, sources)),
    embeddings: own,
    width,
  });
  return {
    activities,
    backbone,
    held: new Set(header.held.map(String)),
    set: setOf(samples, embeddings.slice(0, end)),
    ...(found !== undefined && { found: setOf(found, embeddings.slice(end)) }),
  };
}

function sampleOf(
  [source, group, file, part, labels, augmented]: SampleRow,
  sources: readonly string[],
): Sample {
  return {
    labels: [...labels].map(Number),
    group: String(group),
    source: sources[source] as string,
    file: String(file),
    part,
    augmented,
  };
}

function parseHeader(text: string, path: string): Header {
  try {
    const header = headerSchema.parse(JSON.parse(text));
    for (const [index, [source, , , , labels]] of [...header.samples, ...(header.found ?? [])].entries()) {
      if (source >= header.sources.length)
        throw new Error(`sample ${index} is of source ${source}, which is not listed`);
      if (labels.length !== header.activities.length)
        throw new Error(`sample ${index} has ${labels.length} labels, not one an activity`);
    }
    return header;
  } catch (error) {
    throw invalid(
      `${path}: ${error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)}`,
      error,
    );
  }
}

function sumOf(samples: readonly SampleRow[], found: readonly SampleRow[] = [], numbers: Uint8Array): string {
  const hash = createHash('sha256').update(JSON.stringify(samples));
  if (found.length > 0) hash.update(JSON.stringify(found));
  return hash.update(numbers).digest('hex');
}

function invalid(message: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('base-invalid', message, { cause });
}

/** Numbers names in the order in which they come. */
function numbering() {
  const numbers = new Map<string, number>();
  return {
    of: (name: string): number => {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    },
    knows: (name: string): boolean => numbers.has(name),
    names: (): string[] => [...numbers.keys()],
  };
}
