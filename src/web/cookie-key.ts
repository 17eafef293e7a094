/** `<stateDir>/web.json`: the key that signs the cookies of the page, so that logins outlive a restart. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import { readStateFile, type StateFile, writeStateFile } from '../base/state-file.ts';

const schema = z.object({ cookieKey: z.string().min(32) });

/** That of an earlier run, or a new one; one that cannot be kept ends with the process. Never rejects. */
export async function readCookieKey(stateDir: string, now: number, log: Logger): Promise<string> {
  const file: StateFile<z.infer<typeof schema>> = { path: join(stateDir, 'web.json'), version: 1, schema };
  const { value, damage } = await readStateFile(file, now);
  if (value !== null) return value.cookieKey;
  if (damage !== null) log.warn(`the logins of the page are over: ${damage}`);
  const cookieKey = randomBytes(32).toString('base64url');
  await writeStateFile(file, { cookieKey }).catch((error: unknown) =>
    log.warn({ err: error }, 'the logins of the page end with this run'),
  );
  return cookieKey;
}
