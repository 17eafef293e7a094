import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { hashPassword } from '../../../src/messaging/broker/password.ts';
import { changeUsers, readUsers, type User } from '../../../src/messaging/broker/users-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { clock } from '../support.ts';

const READER: User = {
  role: 'reader',
  password: await hashPassword(Buffer.from('reader-secret')),
  read: [],
  write: [],
};
const emptyFile = async () => join(await temporaryFolder(), 'users.json');
const add = (path: string, name: string) =>
  changeUsers(path, users => ({ ...users, [name]: READER }), { clock, orNone: true });

it('keeps what others change at the same moment', async () => {
  const path = await emptyFile();
  const names = Array.from({ length: 12 }, (_, i) => `user-${i}`);
  await Promise.all(names.map(name => add(path, name)));
  expect(Object.keys(await readUsers(path)).toSorted()).toEqual(names.toSorted());
  expect(readdirSync(dirname(path))).toEqual(['users.json']);
});

it('is not held up by what a crash left behind', async () => {
  const path = await emptyFile();
  writeFileSync(`${path}.lock`, '');
  const longAgo = clock.now() / 1000 - 60;
  utimesSync(`${path}.lock`, longAgo, longAgo);
  await add(path, 'anna');
  expect(Object.keys(await readUsers(path))).toEqual(['anna']);
});

it('leaves the file as it is where the change fails, and frees it', async () => {
  const path = await emptyFile();
  await add(path, 'anna');
  const refused = changeUsers(
    path,
    () => {
      throw new Error('no such user');
    },
    { clock },
  );
  await expect(refused).rejects.toThrow('no such user');
  await add(path, 'ben');
  expect(Object.keys(await readUsers(path))).toEqual(['anna', 'ben']);
  await expect(changeUsers(await emptyFile(), users => users, { clock })).rejects.toMatchObject({
    code: 'broker-users-invalid',
  });
  await expect(add('/nowhere/at/all/users.json', 'anna')).rejects.toMatchObject({
    code: 'broker-users-invalid',
    message: expect.stringContaining('cannot be written'),
  });
});
