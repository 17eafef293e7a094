/** Which pictures may be learnt from, and which are held out: a source is in one half with all its pictures. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** Whatever the order the sources come in. */
export function isHeldOut(group: string): boolean {
  return (createHash('sha1').update(group).digest()[0] as number) % 2 === 1;
}

/** The surf cam is one camera; the tele videos are told by the day and the first of the riders. */
export function groupOfFrame(folder: string, file: string): string {
  return folder.startsWith('surfcam') ? 'surfcam' : file.replace(/^S_/, '').split('_').slice(0, 4).join('_');
}

/** By file, `<class>/<name>.jpg`. */
export async function groupsOf(data: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(data, 'watersports', 'manifest.csv'), 'utf8');
  const rows = parse(text, { columns: true }) as { file: string; group: string }[];
  return new Map(rows.map(({ file, group }) => [file, group]));
}
