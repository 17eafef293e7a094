import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { placesOf, setAt, withoutSecrets, withSecretsOf } from '../../src/config/edit.ts';
import { cameraOf, loadCameras } from '../../src/config/load.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { faultsOf, loadContent, writeIn } from './support.ts';

const load = (content: unknown, inputs: Partial<Parameters<typeof loadCameras>[0]> = {}) =>
  loadCameras({
    env: {},
    cwd: '/nowhere',
    files: [writeIn(temporaryFolderSync(), 'config.json', content)],
    ...inputs,
  });

const PIER = { site: 'pier', camera: { kind: 'http', http: { url: 'http://cam/pier.jpg' } } };
const BAY = { site: 'bay', camera: { interval: '7s' }, zones: [{ name: 'reef', x: 0, y: 0, w: 1, h: 1 }] };

describe('each entry of cameras is one camera', () => {
  test('its settings go over the common ones', () => {
    const { cameras, isList, stateDir } = load({
      stateDir: 'state',
      camera: { interval: '5s', kind: 'simulator' },
      activity: { halfLife: '9s' },
      cameras: [PIER, BAY],
    });
    const [pier, bay] = cameras.map(({ settings }) => settings);
    expect(isList).toBe(true);
    expect(pier).toMatchObject({ site: 'pier', zones: [], activity: { halfLifeMs: 9_000 } });
    expect(pier?.camera).toMatchObject({ kind: 'http', intervalMs: 5_000 });
    expect(bay).toMatchObject({ site: 'bay', zones: [{ name: 'reef' }], activity: { halfLifeMs: 9_000 } });
    expect(bay?.camera).toMatchObject({ kind: 'simulator', intervalMs: 7_000 });
    expect(pier?.stateDir).toBe(join(stateDir, 'pier'));
    expect(bay?.stateDir).toBe(join(stateDir, 'bay'));
  });

  test('each has topics and a client id of its own', () => {
    const own = { ...BAY, mqtt: { clientId: 'my-bay' } };
    const { cameras } = load({ camera: { kind: 'simulator' }, cameras: [PIER, own] });
    expect(cameras.map(({ settings }) => [settings.fleet, settings.mqtt.clientId])).toEqual([
      [true, 'surfwatch-pier'],
      [true, 'my-bay'],
    ]);
    const common = load({ mqtt: { clientId: 'board' }, camera: { kind: 'simulator' }, cameras: [PIER, BAY] });
    expect(common.cameras.map(({ settings }) => settings.mqtt.clientId)).toEqual(['board-pier', 'board-bay']);
  });

  test('the environment and --set override all', () => {
    const { cameras } = load(
      { camera: { kind: 'simulator' }, cameras: [PIER, BAY] },
      { env: { SURFWATCH_CAMERA_INTERVAL: '3s' }, set: ['activity.halfLife=1s'] },
    );
    for (const { settings } of cameras) {
      expect([settings.camera.intervalMs, settings.activity.halfLifeMs]).toEqual([3_000, 1_000]);
    }
  });

  test('a relative path starts at the folder of the file, a secret comes from a file', () => {
    const folder = temporaryFolderSync();
    writeIn(folder, 'password', 'hunter2\n');
    const login = { username: 'viewer', passwordFile: 'password', url: 'http://cam/a.jpg' };
    const file = writeIn(folder, 'config.json', {
      camera: { kind: 'simulator' },
      cameras: [{ site: 'pier', camera: { kind: 'http', http: login } }, BAY],
    });
    const { cameras } = loadCameras({ env: {}, cwd: '/nowhere', files: [file] });
    expect(cameras[0].settings.camera.http.password).toBe('hunter2');
    expect(cameras[1]?.settings.camera.http.password).toBeNull();
  });

  test('without the list all is as ever', () => {
    const { cameras, isList } = load({ site: 'pier', camera: { kind: 'simulator' }, cameras: [] });
    expect(isList).toBe(false);
    expect(cameras).toHaveLength(1);
    expect(cameras[0].settings).toEqual(
      loadContent({ site: 'pier', camera: { kind: 'simulator' } }).settings,
    );
  });

  test('one of them is asked for by its site', () => {
    const loaded = load({ camera: { kind: 'simulator' }, cameras: [PIER, BAY] });
    expect(cameraOf(loaded, 'bay').settings.site).toBe('bay');
    expect(() => cameraOf(loaded)).toThrowError(expect.objectContaining({ code: 'site-needed' }));
    expect(() => cameraOf(loaded, 'cliff')).toThrowError(expect.objectContaining({ code: 'site-unknown' }));
    const one = load({ site: 'pier', camera: { kind: 'simulator' } });
    expect(cameraOf(one, 'a-board-elsewhere').settings.site).toBe('pier');
  });
});

describe('a fault names the entry', () => {
  test.each([
    ['a wrong value', { ...BAY, camera: { interval: 'soon' } }, 'cameras[1].camera.interval', 'duration'],
    [
      'an unknown setting',
      { ...BAY, camera: { intervall: '2s' } },
      'cameras[1].camera.intervall',
      'did you mean "camera.interval"',
    ],
    ['a setting of the program', { ...BAY, web: { port: 1 } }, 'cameras[1].web', 'outside of the list'],
    ['an engine', { ...BAY, vision: { engine: 'onnx' } }, 'cameras[1].vision.engine', 'outside of the list'],
    [
      'settings that go ill',
      { ...BAY, camera: { kind: 'http' } },
      'cameras[1].camera.http.url',
      'must be set',
    ],
    ['no name', { camera: {} }, 'cameras[1].site', 'must be set'],
    ['a name twice', { site: 'pier' }, 'cameras[1].site', 'cameras[0].site is the same'],
    ['no object', 'bay', 'cameras[1]', 'braces'],
    ['a list in it', { ...BAY, cameras: [] }, 'cameras[1].cameras', 'only a config file'],
    [
      'a secret that cannot be read',
      { ...BAY, camera: { http: { passwordFile: '/nowhere/at/all' } } },
      'cameras[1].camera.http.passwordFile',
      'cannot be read',
    ],
  ])('%s', (_what, entry, path, reason) => {
    const faults = faultsOf({ camera: { kind: 'simulator' }, cameras: [PIER, entry] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ path, reason: expect.stringContaining(reason) });
    expect(faults[0]?.source === '' || /config\.json:\d+:\d+$/.test(faults[0]?.source ?? '')).toBe(true);
  });

  test('what they have in common is said once, at its place', () => {
    const faults = faultsOf({ camera: { kind: 'simulator', interval: 'soon' }, cameras: [PIER, BAY] });
    expect(faults.map(({ path }) => path)).toEqual(['camera.interval']);
  });

  test('two cameras do not watch one folder of labelled pictures', () => {
    const faults = faultsOf({
      camera: { kind: 'simulator' },
      learning: { labelledDir: 'labelled' },
      cameras: [PIER, BAY],
    });
    expect(faults.map(({ path }) => path)).toEqual(['cameras[1].learning.labelledDir']);
  });

  test('topics of one board are not for several', () => {
    const faults = faultsOf({ fleet: false, camera: { kind: 'simulator' }, cameras: [PIER, BAY] });
    expect(faults.map(({ path }) => path)).toEqual(['fleet']);
  });

  test('no list, too long a list, a list elsewhere', () => {
    expect(faultsOf({ cameras: {} })[0]).toMatchObject({ path: 'cameras' });
    const many = Array.from({ length: 17 }, (_, index) => ({ site: `s${index}` }));
    expect(faultsOf({ camera: { kind: 'simulator' }, cameras: many })[0]).toMatchObject({ path: 'cameras' });
    expect(faultsOf({}, { set: ['cameras=[]'] })[0]).toMatchObject({ path: 'cameras' });
  });
});

describe('the text of a file', () => {
  const TEXT = `{
  // common
  "web": { "port": 1 },
  "cameras": [
    { "site": "pier", "camera": { "http": { "username": "viewer", "password": "hunter2" } } },
    { "site": "bay" } // the bay
  ]
}`;

  test('a setting is changed in the entry of its camera, one of the program at the top', () => {
    const place = placesOf(TEXT, 'bay');
    const changed = setAt(setAt(TEXT, place('camera.interval'), '3s'), place('web.port'), 2);
    expect(changed).toContain('// the bay');
    const { cameras } = load(`${changed.replace('"cameras"', '"camera": {"kind": "simulator"}, "cameras"')}`);
    expect(cameras.map(({ settings }) => [settings.camera.intervalMs, settings.web.port])).toEqual([
      [2_000, 2],
      [3_000, 2],
    ]);
    expect(place('mqtt.username')).toBe('mqtt.username');
    const login = setAt(TEXT, ['cameras', 1, 'mqtt', 'username'], 'bay');
    expect(placesOf(login, 'bay')('mqtt.username')).toEqual(['cameras', 1, 'mqtt', 'username']);
    expect(placesOf('{}', 'bay')('camera.interval')).toBe('camera.interval');
  });

  test('a secret of an entry is hidden, and found again where the entries were moved', () => {
    const shown = withoutSecrets(TEXT);
    expect(shown).not.toContain('hunter2');
    const moved = shown.replace('[\n', '[\n    { "site": "cliff" },\n');
    expect(withSecretsOf(TEXT, moved)).toContain('"hunter2"');
    const other = moved.replace('"pier"', '"cliff"');
    expect(withSecretsOf(TEXT, other.replace('{ "site": "cliff" },\n', ''))).toContain('hunter2');
  });
});
