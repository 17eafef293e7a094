import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/program.ts';
import { LAUNCHER, ROOT, surfwatch, surfwatchProcess } from './support.ts';

const NAMES = COMMANDS.map(({ name }) => name);

describe('surfwatch', () => {
  test('--help lists every command and says where to begin', async () => {
    const { status, output, errors } = await surfwatchProcess(['--help']);
    expect([status, errors]).toEqual([0, '']);
    for (const name of NAMES) expect(output).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(output).toContain('Where to begin:\n  $ surfwatch demo');
  });

  test.each(NAMES)('%s --help explains the command, and so does help %s', async command => {
    const long = await surfwatch([command, '--help']);
    expect(long).toEqual({
      status: 0,
      output: expect.stringContaining(`Usage: surfwatch ${command}`),
      errors: '',
    });
    expect(await surfwatch(['help', command])).toEqual(long);
  });

  test('nothing at all is wrong usage, and shows the help', async () => {
    const { status, output, errors } = await surfwatchProcess([]);
    expect([status, output]).toEqual([2, '']);
    expect(errors).toContain('Where to begin:');
  });

  test.each([
    [['clasify', 'x.jpg'], "unknown command 'clasify'\n(Did you mean classify?)\n(surfwatch --help"],
    [
      ['classify', '--jsn', 'x.jpg'],
      "unknown option '--jsn'\n(Did you mean --json?)\n(surfwatch classify --help",
    ],
    [['classify'], "missing required argument 'paths'"],
    [['train', 'x', '--crops', 'many'], 'It must be a whole number of at least 1.'],
    [['config', 'chek'], 'Did you mean check?'],
  ])('%j is wrong usage: status 2 and what was meant', async (args, said) => {
    const { status, output, errors } = await surfwatch(args);
    expect([status, output]).toEqual([2, '']);
    expect(errors).toContain(said);
  });

  test.each(['classify', 'evaluate'])('%s with wrong settings ends with 78 and names them', async command => {
    const { status, output, errors } = await surfwatchProcess([command, '.', '--set', 'vision.engin=onnx']);
    expect([status, output]).toEqual([78, '']);
    expect(errors).toContain('config-invalid');
    expect(errors).toContain('did you mean "vision.engine"?');
  });

  test('--version prints the version', async () => {
    expect((await surfwatch(['--version'])).output).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });

  test('ends quietly when its reader has enough', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'config', 'schema', '--markdown'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [[status], errors] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    expect([status, errors]).toEqual([0, '']);
  });
});
