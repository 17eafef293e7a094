import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { withStoredOptions } from '../../src/control/effective-options.ts';
import { RuntimeOptions } from '../../src/control/runtime-options.ts';
import { RUNTIME_SETTINGS } from '../../src/control/runtime-settings.ts';
import { readStoredOptions } from '../../src/control/stored-options.ts';
import { silent } from '../support/log.ts';
import { program } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { loaded } from './support.ts';

/** The options of a daemon in that state folder, started; and what it was told of them. */
async function started(stateDir: string, set: readonly string[] = []) {
  const { settings, effective } = loaded(stateDir, set);
  const [onChange, onAlert] = [vi.fn(), vi.fn()];
  const options = new RuntimeOptions({
    settings,
    effective,
    onAlert,
    clock: systemClock,
    log: silent,
  });
  options.subscribe(onChange);
  await options.start();
  return { options, onChange, onAlert };
}

it('lists all that can change, with source, default, type and what it does', async () => {
  const { options } = await started(await temporaryFolder(), ['camera.interval=5s']);
  const { options: all, changed } = await options.change({});
  expect(Object.keys(all)).toEqual(RUNTIME_SETTINGS);
  expect(changed).toEqual([]);
  expect(all['camera.interval']).toEqual({
    value: '5s',
    source: '--set',
    default: '2s',
    type: 'duration ≥ 100ms',
    doc: 'Time between two pictures.',
  });
  expect(all['learning.keep']).toMatchObject({ source: 'default', type: 'nothing | embeddings | pictures' });
  const { options: some } = await options.change({ get: ['snapshot', 'log.level'] });
  expect(Object.keys(some).sort()).toEqual([
    'log.level',
    'snapshot.minInterval',
    'snapshot.publish',
    'snapshot.width',
  ]);
});

it('keeps changes over restarts, over the configuration, until they are reset', async () => {
  const folder = await temporaryFolder();
  const first = await started(folder, ['camera.interval=5s']);
  const answer = await first.options.change({ set: { 'camera.interval': '3000', 'log.level': 'debug' } });
  expect(answer).toMatchObject({
    changed: ['log.level', 'camera.interval'],
    options: { 'camera.interval': { value: '3s', source: 'runtime', configured: '5s' } },
  });
  expect(first.options.settings.camera.intervalMs).toBe(3_000);
  expect(first.onChange).toHaveBeenCalledExactlyOnceWith(first.options.settings, [
    'log.level',
    'camera.interval',
  ]);
  expect(JSON.parse(readFileSync(join(folder, 'options.json'), 'utf8'))).toEqual({
    version: 1,
    options: { 'camera.interval': '3s', 'log.level': 'debug' },
  });

  const second = await started(folder, ['camera.interval=4s']);
  expect(second.options.settings.camera.intervalMs).toBe(3_000);
  expect(second.onAlert.mock.calls).toEqual([[null]]);
  expect((await withStoredOptions(loaded(folder))).effective).toContainEqual({
    path: 'camera.interval',
    shown: '3s',
    source: 'runtime',
  });
  expect(await second.options.change({ reset: ['camera'] })).toMatchObject({
    changed: ['camera.interval'],
    options: { 'camera.interval': { value: '4s', source: '--set' } },
  });
  await second.options.change({ reset: ['*'], set: { 'gates.darkLuma': 20 } });
  const third = await started(folder);
  expect(third.options.settings).toEqual({ ...loaded(folder, ['gates.darkLuma=20']).settings });
});

it('changes nothing where one of several is wrong, nor where the disk fails', async () => {
  const folder = await temporaryFolder();
  const { options, onChange } = await started(folder);
  const before = options.settings;
  const wrong = options.change({ set: { 'camera.interval': '3s', 'camera.timeout': 'soon' }, reset: ['*'] });
  await expect(wrong).rejects.toMatchObject({ code: 'option-invalid' });
  await expect(options.change({ reset: ['camera.intervall'] })).rejects.toMatchObject({
    code: 'option-unknown',
  });
  await expect(options.change({ get: ['mqtt'] })).rejects.toMatchObject({ code: 'option-fixed' });
  await expect(options.change({ reset: ['site'] })).rejects.toMatchObject({ code: 'option-fixed' });
  expect(readdirSync(folder)).toEqual([]);

  writeFileSync(join(folder, 'a-file'), '');
  const blocked = await started(join(folder, 'a-file'));
  await expect(blocked.options.change({ set: { 'camera.interval': '3s' } })).rejects.toMatchObject({
    code: 'state-unwritable',
  });
  expect(blocked.options.settings.camera.intervalMs).toBe(2_000);
  expect(options.settings).toBe(before);
  expect(onChange).not.toHaveBeenCalled();
});

it.each([
  ['half a file', '{"version":1,"options":{"camera.inter', /set aside as/],
  ['zeros', '\0\0\0\0\0\0', /set aside as/],
  ['no version', '{"options":{}}', /version/],
  ['of a newer surfwatch', '{"version":9,"options":{}}', /version 9, of a newer surfwatch/],
])('starts without a damaged file, sets it aside and says so: %s', async (_, text, said) => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'options.json'), text);
  expect((await withStoredOptions(loaded(folder))).faults).toEqual([
    expect.not.stringContaining('set aside'),
  ]);
  const { options, onAlert } = await started(folder);
  expect(onAlert).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(said));
  expect(options.settings).toEqual(loaded(folder).settings);
  const [aside = ''] = readdirSync(folder);
  expect(aside).toMatch(/^options\.json\.corrupt-/);
  expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
  await options.change({ set: { 'log.level': 'warn' } });
  expect(onAlert).toHaveBeenLastCalledWith(null);
  expect((await started(folder)).options.settings.log.level).toBe('warn');
});

it('leaves out what the configuration contradicts by now, and takes the rest', async () => {
  const folder = await temporaryFolder();
  const stored = {
    'camera.interval': '6m',
    'activity.staleAfter': '50s',
    'camera.colour': 1,
    site: 'x',
    'log.level': 'warn',
  };
  writeFileSync(join(folder, 'options.json'), JSON.stringify({ version: 1, options: stored }));
  const { options, onAlert, onChange } = await started(folder, [
    'camera.interval=2m',
    'activity.staleAfter=10m',
  ]);
  expect(options.settings).toMatchObject({
    log: { level: 'warn' },
    camera: { intervalMs: 120_000 },
    site: 'beach',
  });
  const said: string = onAlert.mock.lastCall?.[0];
  for (const name of ['activity.staleAfter', 'camera.colour', 'site']) expect(said).toContain(name);
  expect(onChange).toHaveBeenCalledExactlyOnceWith(options.settings, ['log.level']);
});

it('takes another configuration: what can change does, the rest waits for a restart', async () => {
  const folder = await temporaryFolder();
  const { options, onChange } = await started(folder);
  await options.change({ set: { 'camera.interval': '3s' } });
  const edited = loaded(folder, [
    'camera.interval=4s',
    'activity.heartbeat=2m',
    'site=pier',
    'mqtt.url=mqtt://other',
  ]);
  expect(await options.reload(edited.settings, edited.effective)).toEqual({
    changed: ['activity.heartbeat'],
    restart: ['site', 'mqtt.url'],
  });
  expect(options.settings).toMatchObject({
    site: 'beach',
    activity: { heartbeatMs: 120_000 },
    camera: { intervalMs: 3_000 },
  });
  expect(onChange).toHaveBeenLastCalledWith(options.settings, ['activity.heartbeat']);
  const { changed } = await options.change({ reset: ['*'] });
  expect([changed, options.settings.camera.intervalMs]).toEqual([['camera.interval'], 4_000]);
});

test('many changes at a time are made one after the other', async () => {
  const folder = await temporaryFolder();
  const { options } = await started(folder);
  const all = Array.from({ length: 20 }, (_, n) => options.change({ set: { 'snapshot.width': 100 + n } }));
  await Promise.all(all);
  expect(options.settings.snapshot.width).toBe(119);
  expect((await started(folder)).options.settings.snapshot.width).toBe(119);
});

test('a daemon killed at any moment has the last acknowledged options, or the ones after', async () => {
  const folder = await temporaryFolder();
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [program('options-child'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let acknowledged = 0;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', line => {
      acknowledged = Number(line);
      if (acknowledged >= 40 + 7 * round) child.kill('SIGKILL');
    });
    await once(child, 'close');
    expect(acknowledged).toBeGreaterThan(0);
    const { value, damage } = await readStoredOptions(folder, 0);
    expect(damage).toBeNull();
    const width = Number(value?.['snapshot.width']);
    expect([acknowledged, acknowledged + 1]).toContain(width);
  }
});
