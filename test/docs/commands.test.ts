import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { programFor } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config/load.ts';
import { LAUNCHER } from '../cli/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { blocks, shellLines } from './pages.ts';
import { surfwatchCalls } from './shell.ts';

const LINES = shellLines();
const SURFWATCH = LINES.filter(
  ({ line }) => /\bsurfwatch\b/.test(line) && !/^(sudo )?(systemctl|journalctl|apt|tar) /.test(line),
);
/** Tools of the system that pages name: not ours to check. */
const TOOLS =
  /^(sudo )?(mosquitto_|curl |xdg-open |ssh |v4l2-ctl |uhubctl |echo |apt |systemctl |journalctl |tar )/;
const OTHERS = LINES.filter(({ line }) => !/\bsurfwatch\b/.test(line) && !TOOLS.test(line));

/** The options a call was understood with. @throws CommanderError where the program would refuse it */
async function optionsOf(args: readonly string[]): Promise<Record<string, unknown>> {
  const program = await programFor(args);
  let given: Record<string, unknown> | undefined;
  for (const command of allOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    if (command.commands.length === 0) {
      command.action(() => {
        given = command.opts();
      });
    }
  }
  program.parse(args, { from: 'user' });
  if (given === undefined) throw new Error('no command was run');
  return given;
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

test('there are examples of commands', async () => {
  expect(SURFWATCH.length).toBeGreaterThan(20);
  await expect(optionsOf(['classify', '--tilse', 'photo.jpg'])).rejects.toThrow(/tilse/);
});

const CALLS = surfwatchCalls(SURFWATCH.map(({ line }) => line));
const CALLED = SURFWATCH.map(({ at, line }, index) => ({ at, line, calls: CALLS[index] ?? [] }));

test.each(CALLED.map(({ at, line, calls }) => [at, line, calls] as const))(
  '%s: %s is understood',
  async (_, __, calls) => {
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      const { set } = await optionsOf(call);
      if (Array.isArray(set)) loadConfig({ env: {}, cwd: '/', systemFile: '', set });
    }
  },
);

test.each(OTHERS.map(({ at, line }) => [at, line]))('%s: %s is a script of the package', (_, line = '') => {
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  for (const command of line.split('&&').map(part => part.trim())) {
    const [npm, verb, name] = command.split(' ');
    expect(npm).toBe('npm');
    if (verb === 'run') expect(Object.keys(scripts)).toContain(name);
    else expect(verb).toMatch(/^(ci|cit|test)$/);
  }
  expect(scripts.test).toBeDefined();
});

const run = promisify(execFile);

function surfwatch(args: readonly string[], cwd: string) {
  return run(process.execPath, [LAUNCHER, ...args], { cwd });
}

function readmeCall(start: string): string[] {
  const found = CALLED.find(({ at, line }) => at.startsWith('README.md') && line.startsWith(start));
  return found?.calls[0] ?? [];
}

test('the commands of the README do what it says', async () => {
  const folder = await temporaryFolder();
  const [config] = blocks('jsonc').filter(({ page }) => page === 'README.md');
  writeFileSync(join(folder, 'board.json'), config?.text ?? '');
  const sea = sharp({
    create: { width: 320, height: 180, channels: 3, noise: noise(110), background: '#000' },
  });
  mkdirSync(join(folder, 'photos', 'none'), { recursive: true });
  for (const name of ['photo.jpg', 'beach-camera.jpg', 'photos/none/sea.jpg'])
    await sea.clone().jpeg().toFile(join(folder, name));

  const [checked, classified, frame, evaluated] = await Promise.all(
    ['config check', 'classify photo.jpg', 'classify --camera', 'evaluate'].map(start =>
      surfwatch(readmeCall(`npx surfwatch ${start}`), folder),
    ),
  );
  expect(checked?.stdout).toMatch(/^ok: \d+ settings from .*board\.json/);
  expect(classified?.stdout).toMatch(/^photo\.jpg +\w+/m);
  expect(JSON.parse(frame?.stdout ?? '')).toMatchObject({ file: 'beach-camera.jpg', visibility: 'ok' });
  expect(evaluated?.stdout).toMatch(/accuracy/);
});

function noise(mean: number) {
  return { type: 'gaussian' as const, mean, sigma: 30 };
}
