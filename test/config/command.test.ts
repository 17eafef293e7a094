import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { configMarkdown } from '../../src/config/reference.ts';
import { SETTINGS } from '../../src/config/schema.ts';
import { surfwatch } from '../cli/support.ts';
import { program } from '../support/programs.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { writeIn } from './support.ts';

const CANARY = 'kaNaRy-7316';

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

const config = (args: readonly string[]) => surfwatch(['config', ...args]);

/** Runs the command in a process of its own, with an environment. */
async function configIn(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program('config-cli'), ...args], {
    cwd: PACKAGE_ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', status => resolve(status ?? -1));
  });
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, output, errors };
}

describe('surfwatch config', () => {
  test('check says how many settings there are and from where', async () => {
    const { status, output, errors } = await config(['check', '--config', 'config/demo.json']);
    expect([status, errors]).toEqual([0, '']);
    const file = join(PACKAGE_ROOT, 'config', 'demo.json');
    expect(output).toBe(`ok: ${SETTINGS.length} settings from ${file}
`);
  });

  test('check ends with 78 and every fault', async () => {
    const { status, output, errors } = await configIn({ SURFWATCH_FLEET: '2' }, [
      ...['check', '--set', 'site=A', '-s', 'camra=1'],
    ]);
    expect([status, output]).toEqual([78, '']);
    for (const fault of ['site: ', 'camra: ', 'fleet: ']) expect(errors).toContain(`\n  ${fault}`);
    expect(errors).toContain('surfwatch config schema');
  });

  test('of several cameras it names the entry that is wrong, and prints the one that is meant', async () => {
    const cameras = [{ site: 'north' }, { site: 'south', camera: { interval: 'soon' } }];
    const camera = { kind: 'simulator' };
    const wrong = writeIn(temporaryFolderSync(), 'config.json', { camera, cameras });
    const refused = await config(['check', '-c', wrong]);
    expect(refused.status).toBe(78);
    expect(refused.errors).toContain('\n  cameras[1].camera.interval: must be a duration');
    const right = writeIn(temporaryFolderSync(), 'config.json', { camera, cameras: cameras.slice(0, 1) });
    expect((await config(['check', '-c', right])).output).toBe(`ok: cameras north from ${right}\n`);
    const { output } = await config(['print', '-c', right, '--site', 'north']);
    expect(JSON.parse(output)).toMatchObject({ site: 'north', fleet: true, camera });
    const unsaid = await config(['print', '-c', right]);
    expect([unsaid.status, unsaid.errors]).toEqual([2, expect.stringContaining('site-needed')]);
  });

  test('check --json has the faults as data', async () => {
    const { status, output } = await config(['check', '--json', '--set', 'broker.port=x']);
    expect(status).toBe(78);
    expect(JSON.parse(output)).toEqual({
      status: 'error',
      code: 'config-invalid',
      faults: [
        { kind: 'invalid', path: 'broker.port', source: '--set', value: '"x"', reason: expect.any(String) },
      ],
    });
  });

  test('print gives a config file without secrets, in a process that knows them', async () => {
    const folder = temporaryFolderSync();
    writeIn(folder, 'metrics.token', CANARY);
    const secret = writeIn(folder, 'secret', CANARY, 0o644);
    const env = {
      CREDENTIALS_DIRECTORY: folder,
      SURFWATCH_MQTT_URL: `mqtt://board:${CANARY}@host`,
      SURFWATCH_CAMERA_HTTP_PASSWORD: CANARY,
    };
    const args = [
      '-s',
      'camera.http.username=x',
      '-s',
      'camera.ffmpeg.username=x',
      '-s',
      `camera.ffmpeg.passwordFile=${secret}`,
    ];
    const [plain, sources, check] = await Promise.all([
      configIn(env, ['print', ...args]),
      configIn(env, ['print', '--sources', ...args]),
      configIn(env, ['check', ...args]),
    ]);
    expect([plain.status, sources.status, check.status]).toEqual([0, 0, 0]);
    expect(JSON.parse(plain.output)).toMatchObject({
      metrics: { token: '[secret]' },
      mqtt: { url: 'mqtt://[secret]@host', password: null },
      camera: { http: { password: '[secret]' }, ffmpeg: { password: null, passwordFile: secret } },
    });
    expect(sources.output).toMatch(
      /^camera\.http\.password +"\[secret\]" +SURFWATCH_CAMERA_HTTP_PASSWORD *$/m,
    );
    expect(sources.output).toMatch(/^camera\.http\.username +"x" +--set *$/m);
    expect(sources.output).toMatch(/^fleet +false +default *$/m);
    expect(check.errors).toMatch(/^warning: camera\.ffmpeg\.passwordFile: .*chmod 600/);
    expect(JSON.stringify([plain, sources, check])).not.toContain(CANARY);
  });

  test('schema lists all settings, and gives the page of the reference', async () => {
    const [table, markdown] = await Promise.all([config(['schema']), configIn({}, ['schema', '--markdown'])]);
    for (const { path } of SETTINGS) expect(table.output).toContain(`\n${path} `);
    expect(markdown.output).toBe(configMarkdown());
  });
});
