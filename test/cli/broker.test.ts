import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { passwordMatches } from '../../src/messaging/broker/password.ts';
import { readUsers } from '../../src/messaging/broker/users-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function passwd(file: string, args: readonly string[], input = '') {
  const loader = import.meta.resolve('tsx');
  const main = join(PACKAGE_ROOT, 'src/main.ts');
  const child = spawn(process.execPath, [
    '--import',
    loader,
    main,
    'broker',
    'passwd',
    '--file',
    file,
    ...args,
  ]);
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, out, err };
}

test('users are added, changed, listed and removed', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'users.json');
  const added = await passwd(
    file,
    ['anna', '--role', 'labeller', '--write', 'weather/#'],
    'low tide at nine\n',
  );
  expect(added).toMatchObject({ status: 0, err: '' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain('low tide');
  const { anna } = await readUsers(file);
  expect(anna).toMatchObject({ role: 'labeller', read: [], write: ['weather/#'] });
  expect(await passwordMatches(Buffer.from('low tide at nine'), anna?.password ?? '')).toBe(true);

  expect((await passwd(file, ['anna', '--role', 'operator'])).status).toBe(0);
  expect((await readUsers(file)).anna).toEqual({ ...anna, role: 'operator' });

  const secret = join(folder, 'secret');
  writeFileSync(secret, 'high tide at ten\n');
  expect((await passwd(file, ['ben', '--password-file', secret])).out).toContain('added ben, reader');
  const { out } = await passwd(file, ['--list', '--json']);
  expect(JSON.parse(out).users.map(({ name, role }: { name: string; role: string }) => [name, role])).toEqual(
    [
      ['anna', 'operator'],
      ['ben', 'reader'],
    ],
  );
  expect(out).not.toContain('scrypt');
  expect((await passwd(file, ['anna', '--delete'])).status).toBe(0);
  expect(Object.keys(await readUsers(file))).toEqual(['ben']);
});

test('what cannot be is refused, and nothing is written', { timeout: 60_000 }, async () => {
  const file = join(await temporaryFolder(), 'users.json');
  writeFileSync(file, '{}\n');
  const refused: [string[], string, number, string][] = [
    [['anna'], 'short\n', 2, 'broker-password-refused'],
    [['anna'], '', 2, 'broker-password-refused'],
    [['an na'], 'long enough\n', 78, 'broker-users-invalid'],
    [['anna', '--read', 'a/#/b'], 'long enough\n', 78, 'broker-users-invalid'],
    [['anna', '--delete'], '', 1, 'broker-user-unknown'],
    [['anna', '--role', 'king'], '', 2, 'Allowed choices'],
  ];
  for (const [args, input, status, code] of refused) {
    const result = await passwd(file, args, input);
    expect([result.status, result.err]).toEqual([status, expect.stringContaining(code)]);
  }
  expect(readFileSync(file, 'utf8')).toBe('{}\n');
  writeFileSync(file, '{"anna": {"role": "operator", "password": "plain"}}');
  expect(await passwd(file, ['--list'])).toMatchObject({ status: 78, out: '' });
});
