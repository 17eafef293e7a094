/** Contact sheets: many small pictures on one page, to look at before they are learnt from. */
import { mkdir } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { replaceFile } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { ContactSheet } from './sheet.ts';
import { sheetHtml } from './sheet-html.ts';
import { sheetPng } from './sheet-png.ts';

export type { ContactSheet, SheetSection } from './sheet.ts';

const WRITERS: Readonly<Record<string, (sheet: ContactSheet) => Promise<string | Buffer>>> = {
  '.html': sheetHtml,
  '.png': sheetPng,
};

/**
 * Writes a contact sheet: one self-contained page for `.html`, one picture for `.png`. A file that cannot be decoded has
 * a placeholder that says so.
 *
 * @throws SurfwatchError `sheet-unwritable`
 */
export async function writeContactSheet(path: string, sheet: ContactSheet): Promise<void> {
  const write = WRITERS[extname(path).toLowerCase()];
  if (write === undefined) {
    throw new SurfwatchError('sheet-unwritable', `${path}: its name must end in .html or .png`);
  }
  const content = await write(sheet);
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, content);
  } catch (error) {
    throw new SurfwatchError('sheet-unwritable', `${path}: ${messageOf(error)}`, { cause: error });
  }
}
