/** `<stateDir>/options.json`: the settings that were changed while the daemon ran. */
import { join } from 'node:path';
import * as z from 'zod';
import { readStateFile, type StateFile, type StateRead, writeStateFile } from '../base/state-file.ts';
import type { OptionValues } from './apply-options.ts';

const schema = z.object({ options: z.record(z.string(), z.unknown()) });

function fileIn(stateDir: string): StateFile<z.infer<typeof schema>> {
  return { path: join(stateDir, 'options.json'), version: 1, schema };
}

/** Never rejects. @param now milliseconds since the epoch (UTC), to set a damaged file aside; null leaves it */
export async function readStoredOptions(
  stateDir: string,
  now: number | null,
): Promise<StateRead<OptionValues>> {
  const read = await readStateFile(fileIn(stateDir), now);
  return read.value === null ? read : { value: read.value.options, damage: null };
}

/** On disk when it resolves. @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed` */
export function writeStoredOptions(stateDir: string, options: OptionValues): Promise<void> {
  return writeStateFile(fileIn(stateDir), { options });
}
