/** The shipped models, made to be retrained in seconds. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { loadBase, writeBase } from '../../src/learning/base/base-files.ts';
import { type EmbeddedSet, selectRows } from '../../src/learning/fit/sample.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * With one in so many cells of their base set: a retraining stands back where others compute, and with all nine thousand its
 * seconds become minutes on a busy machine.
 */
export async function quickModels(oneIn: number): Promise<string> {
  const folder = await temporaryFolder();
  await cp(SHIPPED_MODELS, folder, { recursive: true });
  const riders = join(folder, 'riders');
  const head = join(riders, (await readFile(join(riders, 'current'), 'utf8')).trim());
  const base = await loadBase(head);
  if (base?.found === undefined) throw new Error('no base set is shipped');
  const few = { ...base, set: everyNth(base.set, oneIn), found: everyNth(base.found, oneIn) };
  for (const [name, data] of Object.entries(writeBase(few))) await writeFile(join(head, name), data);
  return folder;
}

function everyNth(set: EmbeddedSet, oneIn: number): EmbeddedSet {
  let row = 0;
  return selectRows(set, () => row++ % oneIn === 0);
}
