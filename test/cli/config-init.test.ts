import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { program } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs it in a folder of its own, with these lines on its standard input. */
async function init(args: readonly string[], answers: readonly string[] = [], before?: string) {
  const cwd = await temporaryFolder();
  const file = join(cwd, 'board.json');
  if (before !== undefined) writeFileSync(file, before);
  const child = spawn(process.execPath, [program('config-cli'), 'init', ...args], {
    cwd,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(answers.map(line => `${line}\n`).join(''));
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const settings = () => loadConfig({ env: {}, cwd, files: [file] }).settings;
  return { status, output, errors, file, cwd, settings };
}

describe('surfwatch config init', () => {
  test('asks for the kind of camera and what that needs, and says what to run next', async () => {
    const answers = ['http', 'http://192.168.1.20/a.jpg', 'pier', '43.67, -1.44', 'mqtt://broker', 'yes'];
    const { status, output, file, settings } = await init([], answers);
    expect(status).toBe(0);
    expect(settings()).toMatchObject({
      site: 'pier',
      camera: { kind: 'http', http: { url: 'http://192.168.1.20/a.jpg' } },
      schedule: { enabled: true, latitude: 43.67, longitude: -1.44 },
      mqtt: { url: 'mqtt://broker' },
      discovery: { enabled: true },
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^\/\/ .*\n\{\n {2}\/\/ /);
    expect(output).toContain(`wrote ${file}`);
    expect(output).toContain('surfwatch doctor -c board.json');
    expect(output).toContain('surfwatch look camera -c board.json');
  });

  test('takes the default for an empty line, and asks again where an answer is wrong', async () => {
    const answers = ['phone', '', '', 'North Pier', '', '95,0', 'here', '', 'nowhere', '', 'perhaps', ''];
    const { status, errors, settings } = await init([], answers);
    expect(status).toBe(0);
    for (const fault of ['camera.kind: must be one of', 'site: may hold only', 'schedule.latitude: must'])
      expect(errors).toContain(fault);
    expect(errors).toContain('here: must be two numbers');
    expect(errors).toContain('mqtt.url: must be a URL');
    expect(errors).toContain('must be yes or no');
    expect(settings()).toMatchObject({
      site: 'beach',
      camera: { kind: 'webcam', webcam: { device: '/dev/video0' } },
      schedule: { enabled: false },
      mqtt: { url: '' },
      discovery: { enabled: false },
    });
  });

  test('asks nothing with --yes, and only for the rest where some flags are given', async () => {
    const all = await init(['--camera', 'directory', '--folder', 'frames', '--yes']);
    expect(all).toMatchObject({ status: 0, errors: '' });
    expect(all.settings().camera).toMatchObject({
      kind: 'directory',
      directory: { path: join(all.cwd, 'frames') },
    });
    const some = await init(
      ['--camera', 'rpicam', '--place', '-33.9,18.4', '--home-assistant'],
      ['cape', ''],
    );
    expect(some.status).toBe(0);
    expect(some.settings()).toMatchObject({
      site: 'cape',
      schedule: { latitude: -33.9 },
      discovery: { enabled: true },
    });
  });

  test.each([
    [['--camera', 'http', '--yes'], 2, 'no answer to: Address of the snapshot'],
    [['--camera', 'http', '--url', 'ftp://x', '--yes'], 78, 'camera.http.url: must be a URL'],
    [['--place', '1,2,3', '--yes'], 2, 'config-answer'],
    [['--camera', 'simulator'], 2, 'no answer to: Name of the beach'],
    [['--yes', '--out', 'none/board.json'], 1, 'config-unwritable'],
  ])('%j writes nothing and says why', async (args, status, reason) => {
    const ended = await init(args);
    expect(ended.errors).toContain(reason);
    expect(ended.status).toBe(status);
    expect(existsSync(ended.file)).toBe(false);
  });

  test('overwrites a file only with --force', async () => {
    const kept = await init(['--yes'], [], '{"site": "mine"}');
    expect([kept.status, readFileSync(kept.file, 'utf8')]).toEqual([1, '{"site": "mine"}']);
    expect(kept.errors).toContain('config-exists');
    const forced = await init(['--yes', '--force'], [], '{"site": "mine"}');
    expect([forced.status, forced.settings().site]).toEqual([0, 'beach']);
  });

  test('keeps an address with a login to its owner', async () => {
    const { file } = await init(['--camera', 'ffmpeg', '--url', 'rtsp://me:secret@cam/1', '--yes']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
