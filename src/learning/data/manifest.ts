/** `manifest.csv`: which pictures come from the same source. */
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { exists, parseFile } from './files.ts';

const schema = z.array(z.object({ file: z.string(), group: z.string() }));

/**
 * The group of each file by its path relative to the folder; empty where there is no manifest.
 *
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readGroups(directory: string): Promise<Map<string, string>> {
  const path = join(directory, 'manifest.csv');
  if (!(await exists(path))) return new Map();
  const rows = await parseFile(path, text => schema.parse(parse(text, { columns: true, bom: true })));
  return new Map(rows.map(row => [row.file.replaceAll('\\', '/').replace(/^\.\//, ''), row.group]));
}
