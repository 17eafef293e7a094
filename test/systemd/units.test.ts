import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderUnit } from '../../src/host/service/setup/units.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const UNITS = join(import.meta.dirname, '..', '..', 'systemd');
const HAS_ANALYZE = spawnSync('systemd-analyze', ['--version']).status === 0;
const text = (name: string) => readFileSync(join(UNITS, name), 'utf8');
const services = readdirSync(UNITS).filter(name => name.endsWith('.service'));
const units = readdirSync(UNITS).filter(name => /\.(service|timer)$/.test(name));

/** The settings alone. */
const settings = (unit: string) => unit.replaceAll(/^#.*\n/gm, '');

describe.skipIf(!HAS_ANALYZE)('to systemd-analyze (skipped where that is missing)', () => {
  test.each(services)('%s is exposed by 1.5 at most', name => {
    const args = ['security', '--offline=yes', '--no-pager', '--threshold=15', join(UNITS, name)];
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect(stdout).toMatch(/Overall exposure level for surfwatch\S*: [01]\.\d/);
    expect(status).toBe(0);
  });

  test('the units are without fault', async () => {
    const root = await temporaryFolder();
    const folder = join(root, 'etc/systemd/system');
    mkdirSync(folder, { recursive: true });
    for (const unit of units) cpSync(join(UNITS, unit), join(folder, unit));
    for (const target of [
      'sysinit',
      'basic',
      'network',
      'shutdown',
      'multi-user',
      'timers',
      'time-set',
      'time-sync',
    ])
      writeFileSync(join(folder, `${target}.target`), '[Unit]\nDescription=A target\n');
    for (const program of ['usr/bin/perl', 'usr/bin/node', 'bin/sh']) {
      mkdirSync(join(root, program, '..'), { recursive: true });
      writeFileSync(join(root, program), '');
      chmodSync(join(root, program), 0o755);
    }
    const named = units.map(unit => join(folder, unit.replace('@', '@pier')));
    for (const unit of units.filter(name => name.includes('@')))
      cpSync(join(UNITS, unit), join(folder, unit.replace('@', '@pier')));
    const verify = () =>
      spawnSync(
        'systemd-analyze',
        ['verify', `--root=${root}`, ...named.map(path => path.slice(root.length))],
        {
          encoding: 'utf8',
        },
      );
    expect(verify()).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(
      join(folder, 'surfwatch.service'),
      text('surfwatch.service').replace('Restart=', 'Restrat='),
    );
    expect(verify().stderr).toContain('Restrat');
  });
});

test('the template differs from the unit in its names alone', () => {
  const template = settings(text('surfwatch@.service'))
    .replace(' camera %i\n', ' camera\n')
    .replace('/etc/surfwatch/%i.json', '/etc/surfwatch/config.json')
    .replaceAll('surfwatch-%i', 'surfwatch');
  expect(template).toBe(settings(text('surfwatch.service')));
});

test('what the daemon needs and what it must not have', () => {
  const unit = text('surfwatch.service').split('\n');
  for (const line of [
    'Type=notify',
    'WatchdogSec=60s',
    'Restart=on-failure',
    'RestartPreventExitStatus=78',
    'SupplementaryGroups=video',
    'StateDirectory=surfwatch',
    'MemoryMax=1024M',
    'SystemCallFilter=setpriority',
  ])
    expect(unit).toContain(line);
  expect(unit.filter(line => line.startsWith('MemoryDenyWriteExecute'))).toEqual([]);
});

test('rendered for a program elsewhere, and for a newer systemd', () => {
  const program = {
    node: '/opt/node 20/bin/node',
    script: '/opt/50%/scripts/surfwatch.js',
    packageRoot: '/opt/50%',
    perl: '/usr/bin/perl',
  };
  const old = renderUnit(text('surfwatch.service'), { program, systemd: 252 });
  expect(old).toContain(
    'ExecStart=/usr/bin/perl /opt/50%%/systemd/notify-exec "/opt/node 20/bin/node" /opt/50%%/scripts/surfwatch.js run',
  );
  expect(old).toContain('\nType=notify\n');
  expect(old).not.toContain('/usr/lib/surfwatch');
  const fresh = renderUnit(text('surfwatch.service'), { program, systemd: 257 });
  expect(fresh).toContain('\nType=notify-reload\n');
  expect(fresh).not.toContain('ExecReload');
  expect(fresh).toContain('\nRestartSteps=6\n');
  const bare = renderUnit(text('surfwatch.service'), {
    program: { ...program, perl: undefined },
    systemd: 252,
  });
  expect(bare).toContain('NotifyAccess=all');
  expect(bare).toContain('ExecStart="/opt/node 20/bin/node"');
  const timer = renderUnit(text('surfwatch-retrain.timer'), { program, systemd: 252, retrainAt: '04:15' });
  expect(timer).toContain('\nOnCalendar=*-*-* 04:15:00\n');
});

test.skipIf(!HAS_ANALYZE)('the night is a time that systemd knows', () => {
  const [, when = ''] = /^OnCalendar=(.*)$/m.exec(text('surfwatch-retrain.timer')) ?? [];
  expect(execFileSync('systemd-analyze', ['calendar', when], { encoding: 'utf8' })).toContain('03:30:00');
});
