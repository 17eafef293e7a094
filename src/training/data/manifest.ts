/** `manifest.csv`: which pictures come from the same source, and from which camera. */
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { exists, parseFile } from './files.ts';

const groupsSchema = z.array(z.object({ file: z.string(), group: z.string() }));
const framesSchema = z.array(
  z.object({ file: z.string(), group: z.string().optional(), camera: z.string().optional() }),
);

/**
 * The group of each file by its path relative to the folder; empty where there is no manifest.
 *
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readGroups(directory: string): Promise<Map<string, string>> {
  const rows = await readRows(directory, groupsSchema);
  return new Map(rows.map(row => [plain(row.file), row.group]));
}

/** What a manifest says of one frame; undefined where it says nothing. */
export interface ListedFrame {
  readonly group: string | undefined;
  readonly camera: string | undefined;
}

/**
 * What the manifest says of each frame by its path relative to the folder, or by its name in `frames/`.
 *
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readFrameManifest(directory: string): Promise<(file: string) => ListedFrame> {
  const rows = new Map((await readRows(directory, framesSchema)).map(row => [plain(row.file), row]));
  return file => {
    const row = rows.get(file) ?? rows.get(file.replace(/^frames\//, ''));
    return { group: given(row?.group), camera: given(row?.camera) };
  };
}

async function readRows<T>(directory: string, schema: z.ZodType<T[]>): Promise<T[]> {
  const path = join(directory, 'manifest.csv');
  if (!(await exists(path))) return [];
  return parseFile(path, text => schema.parse(parse(text, { columns: true, bom: true })));
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function plain(file: string): string {
  return file.replaceAll('\\', '/').replace(/^\.\//, '');
}
