/** The users of the embedded broker in their file: JSON, an object of users by their names. */
import { chown, open, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { replaceFile } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { ROLES, type Role } from './access-table.ts';
import { isFilter } from './filters.ts';
import { isPasswordHash } from './password.ts';

/** Roles a user can be given; `anonymous` is for those who are none. */
export const USER_ROLES = Object.keys(ROLES).filter(role => role !== 'anonymous') as Exclude<
  Role,
  'anonymous'
>[];

const MAX_FILE_BYTES = 1_048_576;
/** Who the file itself lets read and write it. */
const MODE = 0o600;
/** A change takes milliseconds: a lock that is older was left behind by a crash. */
const LEFT_BEHIND_MS = 10_000;
const LOOK_EVERY_MS = 20;

const filters = z.array(z.string().refine(isFilter, 'no topic filter')).default([]);

const userSchema = z.strictObject({
  role: z.enum(USER_ROLES),
  /** A hash as `hashPassword` makes it. */
  password: z.string().refine(isPasswordHash, 'no scrypt hash as `surfwatch broker passwd` writes it'),
  read: filters,
  write: filters,
});

/** Printable, so that it can stand in a log; not so long that it matters. */
const nameSchema = z.string().regex(/^[^\p{C}\p{Z}]{1,64}$/u, 'a name has 1 to 64 characters and no spaces');

const usersSchema = z.record(nameSchema, userSchema);

export type User = z.infer<typeof userSchema>;
export type Users = Readonly<Record<string, User>>;

/** @throws SurfwatchError `broker-users-invalid` naming what is wrong; also where there is no file, unless `orNone` */
export async function readUsers(path: string, orNone = false): Promise<Users> {
  const invalid = (why: string, cause?: unknown) =>
    new SurfwatchError('broker-users-invalid', `${path}: ${why}`, { cause });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (orNone && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw invalid(messageOf(error), error);
  }
  if (text.length > MAX_FILE_BYTES) throw invalid(`has more than ${MAX_FILE_BYTES} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(`is no JSON: ${messageOf(error)}`, error);
  }
  const checked = usersSchema.safeParse(json);
  if (!checked.success) throw invalid(z.prettifyError(checked.error));
  return Object.assign(Object.create(null) as object, checked.data) as Users;
}

/**
 * Changes the users of a file; of two changes at one moment, in two processes, the second is made to what the first has
 * left.
 *
 * @param change throws to leave the file as it is
 * @throws SurfwatchError `broker-users-invalid`; also where there is no file, unless `orNone`
 */
export async function changeUsers(
  path: string,
  change: (users: Users) => Users,
  { clock, orNone = false }: { readonly clock: Clock; readonly orNone?: boolean },
): Promise<void> {
  const lock = `${path}.lock`;
  await takeLock(lock, clock).catch(error => {
    throw unwritable(path, error);
  });
  try {
    await writeUsers(path, change(await readUsers(path, orNone)));
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string, clock: Clock): Promise<void> {
  for (;;) {
    try {
      return await (await open(lock, 'wx', MODE)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = await stat(lock).catch(() => undefined);
    // A clock that was set back makes it seem to come from the future.
    const isLeft = held !== undefined && Math.abs(clock.now() - held.mtimeMs) > LEFT_BEHIND_MS;
    if (isLeft) await rm(lock, { force: true });
    else await clock.sleep(LOOK_EVERY_MS);
  }
}

/** Replaces the file, readable by its owner alone, who stays the same. */
async function writeUsers(path: string, users: Users): Promise<void> {
  try {
    const owner = await stat(path).catch(() => undefined);
    // A file that a crash left behind would keep its mode.
    await rm(`${path}.new`, { force: true });
    await replaceFile(path, `${JSON.stringify(users, null, 2)}\n`, MODE);
    if (owner !== undefined && process.getuid?.() === 0) await chown(path, owner.uid, owner.gid);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): SurfwatchError {
  const what = `${path} cannot be written: ${messageOf(cause)}`;
  return new SurfwatchError('broker-users-invalid', what, { cause });
}

/** @throws SurfwatchError `broker-users-invalid` */
export function checkName(name: string): void {
  const checked = nameSchema.safeParse(name);
  if (!checked.success) throw new SurfwatchError('broker-users-invalid', z.prettifyError(checked.error));
}
