import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { LAUNCHER } from './support.ts';

test('a daemon started by hand keeps what it writes to its owner, where the umask would let all read it', async () => {
  const stateDir = join(await temporaryFolder(), 'state');
  const settings = [
    'broker.port=0',
    'web.enabled=false',
    'camera.kind=simulator',
    'vision.detail=0.5',
    `stateDir=${stateDir}`,
  ];
  const args = [process.execPath, LAUNCHER, 'run', ...settings.flatMap(one => ['--set', one])];
  const daemon = spawn('sh', ['-c', 'umask 0; exec "$@"', 'sh', ...args], { stdio: 'ignore' });
  onTestFinished(() => void daemon.kill('SIGKILL'));
  const files = ['version.json', 'history.db', 'outbox.db', 'learning/learning.db'];
  await until(() => files.every(name => existsSync(join(stateDir, name))), 'its files', 60_000);
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await ended;
  const paths = ['', ...readdirSync(stateDir, { recursive: true }).map(String)];
  const open = paths.filter(path => (lstatSync(join(stateDir, path)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});
