import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { serviceCommand } from '../../../src/cli/service.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { SurfwatchError } from '../../../src/errors.ts';
import { firstConfig } from '../../../src/host/service/setup/plan.ts';
import { programWarnings } from '../../../src/host/service/setup/program.ts';
import { doSteps, type Step } from '../../../src/host/service/setup/steps.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CAN = process.getuid?.() === 0 && spawnSync('systemctl', ['--version']).status === 0;

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** The command, in this process: it is quicker by far than one of its own. */
async function service(...args: string[]): Promise<Ended> {
  const output = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const said = (spy: typeof output) => spy.mock.calls.map(([line]) => `${line}\n`).join('');
  let status = 0;
  try {
    await serviceCommand().parseAsync(args, { from: 'user' });
    status = Number(process.exitCode ?? 0);
  } catch (error) {
    if (!(error instanceof SurfwatchError)) throw error;
    console.error(error.code, error.message);
    status = error.exitStatus;
  }
  process.exitCode = undefined;
  const ended = { status, output: said(output), errors: said(errors) };
  output.mockRestore();
  errors.mockRestore();
  return ended;
}

/** A link in a root leads to where its target will be. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

async function emptyRoot(): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'etc'));
  return root;
}

describe.skipIf(!CAN)('surfwatch service (needs root and systemctl)', () => {
  test('installs into a root, says how it is, and is removed again, config and state kept', async () => {
    const root = await emptyRoot();
    const at = ['--root', root];
    const first = await service('install', ...at, '--nightly-retrain', '04:15');
    expect(first.errors.replaceAll(/^(warning:|Created|Creating).*\n/gm, '')).toBe('');
    expect(first.status).toBe(0);
    const unit = await readFile(join(root, 'etc/systemd/system/surfwatch.service'), 'utf8');
    expect(unit).toContain(`notify-exec ${process.execPath} ${ROOT}/scripts/surfwatch.js run --config`);
    expect(isLink(join(root, 'etc/systemd/system/multi-user.target.wants/surfwatch.service'))).toBe(true);
    const timer = await readFile(join(root, 'etc/systemd/system/surfwatch-retrain.timer'), 'utf8');
    expect(timer).toContain('04:15:00');
    expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toMatch(/^surfwatch:/m);
    const config = join(root, 'etc/surfwatch/config.json');
    const { mode, gid } = await stat(config);
    expect(mode & 0o777).toBe(0o640);
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toContain(`surfwatch:x:${gid}:`);

    await writeFile(config, '{ "site": "mine" }');
    const again = await service('install', ...at, '--nightly-retrain', '04:15');
    expect(again.status).toBe(0);
    expect(again.output).not.toMatch(/^(over)?write/m);
    expect(await readFile(config, 'utf8')).toContain('mine');

    const told = JSON.parse((await service('status', ...at, '--json')).output);
    expect(told).toMatchObject([
      { unit: 'surfwatch.service', installed: true, enabled: true, active: null, nightlyRetrain: true },
    ]);

    expect((await service('uninstall', ...at)).status).toBe(0);
    expect(existsSync(join(root, 'etc/systemd/system/surfwatch.service'))).toBe(false);
    expect(isLink(join(root, 'etc/systemd/system/multi-user.target.wants/surfwatch.service'))).toBe(false);
    expect(existsSync(config)).toBe(true);
    expect((await service('uninstall', ...at)).status).toBe(0);
    expect((await service('status', ...at)).status).toBe(1);
  });

  test('a changed unit is overwritten only when told so', async () => {
    const root = await emptyRoot();
    const path = join(root, 'etc/systemd/system/surfwatch.service');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '# mine\n');
    const asked = await service('install', '--root', root);
    expect(asked).toMatchObject({ status: 1, errors: expect.stringContaining('service-file-changed') });
    expect(await readFile(path, 'utf8')).toBe('# mine\n');
    expect(existsSync(join(root, 'etc/surfwatch'))).toBe(false);
    expect((await service('install', '--root', root, '--yes')).status).toBe(0);
    expect(await readFile(path, 'utf8')).toContain('Type=notify');
  });

  test('instances have a template, a config and ports of their own; purge takes one of them', async () => {
    const root = await emptyRoot();
    for (const name of ['north', 'south'])
      expect((await service('install', '--root', root, '--instance', name)).status).toBe(0);
    const ports = await Promise.all(
      ['north', 'south'].map(async name => {
        const file = join(root, 'etc/surfwatch', `${name}.json`);
        const { broker, web } = loadConfig({ env: {}, cwd: '/', systemFile: '', files: [file] }).settings;
        return [broker.port, web.port];
      }),
    );
    expect(ports).toEqual([
      [1884, 8322],
      [1885, 8323],
    ]);
    await mkdir(join(root, 'var/lib/surfwatch-north'), { recursive: true });
    const purged = await service('uninstall', '--root', root, '--instance', 'north', '--purge', '--yes');
    expect(purged.status).toBe(0);
    expect(existsSync(join(root, 'var/lib/surfwatch-north'))).toBe(false);
    expect(existsSync(join(root, 'etc/surfwatch/north.json'))).toBe(false);
    expect(existsSync(join(root, 'etc/systemd/system/surfwatch@.service'))).toBe(true);
    const left = JSON.parse((await service('status', '--root', root, '--json')).output);
    expect(left.map(({ unit }: { unit: string }) => unit)).toEqual(['surfwatch@south.service']);
  });

  test('a dry run shows files and commands and changes nothing', async () => {
    const root = await emptyRoot();
    const { status, output } = await service('install', '--root', root, '--dry-run');
    expect(status).toBe(0);
    expect(output).toContain(`write ${root}/etc/systemd/system/surfwatch.service\n`);
    expect(output).toContain('    ProtectSystem=strict');
    expect(output).toContain(`systemctl --root=${root} enable surfwatch.service`);
    expect(existsSync(join(root, 'etc/systemd'))).toBe(false);
  });
});

test.skipIf(process.getuid?.() !== 0)('a step that fails takes back those before it', async () => {
  const root = await temporaryFolder();
  const kept = join(root, 'kept');
  await writeFile(kept, 'old');
  const ran: string[] = [];
  const steps: Step[] = [
    { kind: 'write', path: join(root, 'a/b/new'), content: 'new', state: 'new' },
    { kind: 'write', path: kept, content: 'changed', state: 'changed' },
    { kind: 'run', program: 'enable', args: ['on'], undo: ['off'] },
    { kind: 'delete', path: kept },
    { kind: 'run', program: 'broken', args: [] },
  ];
  const run = async (program: string, args: readonly string[]) => {
    ran.push([program, ...args].join(' '));
    if (program === 'broken') throw new Error('no such unit');
    return '';
  };
  const done = doSteps(steps, { root, run, say: () => undefined });
  await expect(done).rejects.toMatchObject({
    code: 'service-failed',
    message: 'broken: no such unit (all is as it was)',
  });
  expect(ran).toEqual(['enable on', 'broken', 'enable off']);
  expect(await readFile(kept, 'utf8')).toBe('old');
  expect(existsSync(join(root, 'a'))).toBe(false);
});

test('the first config of an instance avoids the ports of the others', () => {
  expect(firstConfig('b', ['{"broker": {"port": 1884}}', '{ "port" : 1885 }'])).toContain('"port": 1886');
});

test('a program in a home or of a version manager is warned of', () => {
  const program = {
    node: '/home/pi/.nvm/versions/node/v20/bin/node',
    script: '/usr/lib/x.js',
    packageRoot: '/usr/lib',
  };
  expect(programWarnings({ ...program, perl: undefined })).toHaveLength(3);
  expect(programWarnings({ ...program, node: '/usr/bin/node', perl: '/usr/bin/perl' })).toEqual([]);
});
