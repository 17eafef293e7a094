import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { zonesOf } from '../../src/config/zones.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { load, loadContent, writeIn } from './support.ts';

const sourceOf = (loaded: ReturnType<typeof load>, path: string) =>
  loaded.effective.find(entry => entry.path === path)?.source;

describe('each source goes over the one before', () => {
  const folder = () => {
    const path = temporaryFolderSync();
    return {
      first: writeIn(path, 'first.json', {
        site: 'first',
        fleet: true,
        broker: { port: 1 },
        vision: { detail: 1.5 },
      }),
      second: writeIn(path, 'second.json', { site: 'second', broker: { port: 2 }, vision: { detail: 2 } }),
    };
  };

  test('default, files in their order, environment, --set', () => {
    const { first, second } = folder();
    const loaded = load({
      files: [first, second],
      env: { SURFWATCH_SITE: 'environment', SURFWATCH_BROKER_PORT: '3' },
      set: ['site=earlier', 'site=argument'],
    });
    const { settings } = loaded;
    // 1: the default where nothing is said
    expect([settings.web.host, sourceOf(loaded, 'web.host')]).toEqual(['127.0.0.1', 'default']);
    // 2: a file over the default, a later file over an earlier one
    expect([settings.fleet, sourceOf(loaded, 'fleet')]).toEqual([true, expect.stringContaining(`${first}:`)]);
    expect([settings.vision.detail, sourceOf(loaded, 'vision.detail')]).toEqual([
      2,
      expect.stringContaining(`${second}:`),
    ]);
    // 3: the environment over files
    expect([settings.broker.port, sourceOf(loaded, 'broker.port')]).toEqual([3, 'SURFWATCH_BROKER_PORT']);
    // 4: --set over all, the last of several
    expect([settings.site, sourceOf(loaded, 'site')]).toEqual(['argument', '--set']);
    expect(loaded.files).toEqual([first, second]);
  });

  test('SURFWATCH_CONFIG counts where no file is given, the system file where neither is', () => {
    const { first, second } = folder();
    const systemFile = writeIn(temporaryFolderSync(), 'config.json', { site: 'system' });
    const env = { SURFWATCH_CONFIG: second };
    expect(load({ systemFile }).settings.site).toBe('system');
    expect(load({ systemFile, env }).settings.site).toBe('second');
    expect(load({ systemFile, env, files: [first] }).settings.site).toBe('first');
    expect(load({ systemFile: '/nowhere/config.json' }).settings.site).toBe('beach');
  });

  test('a value that is wrong but overridden does no harm', () => {
    expect(loadContent({ broker: { port: 'x' } }, { set: ['broker.port=1884'] }).settings.broker.port).toBe(
      1884,
    );
  });

  test('null and nothing take a value away', () => {
    const mqtt = { url: 'mqtt://host', username: 'board' };
    const { mqtt: cleared } = loadContent({ mqtt }, { set: ['mqtt.username=', 'mqtt.url='] }).settings;
    expect(cleared.url).toBe('');
    expect('username' in cleared).toBe(false);
    expect('username' in loadContent({ mqtt: { ...mqtt, username: null } }).settings.mqtt).toBe(false);
    expect(loadContent({ camera: { ffmpeg: { hwaccel: null } } }).settings.camera.ffmpeg.hwaccel).toBeNull();
  });
});

describe('text from the environment and from --set becomes a value of the format', () => {
  test.each([
    ['camera.interval=3s', 'camera.intervalMs', 3_000],
    ['camera.interval=3000', 'camera.intervalMs', 3_000],
    ['fleet=true', 'fleet', true],
    ['broker.port=0', 'broker.port', 0],
    ['vision.share=.5', 'vision.share', 0.5],
    ['learning.newActivities=sup, wingfoil', 'learning.newActivities', ['sup', 'wingfoil']],
    ['learning.newActivities=["sup"]', 'learning.newActivities', ['sup']],
    ['activity.thresholds={"surfing":0.6}', 'activity.thresholds', { surfing: 0.6 }],
    ['log.levels={"capture":"debug"}', 'log.levels', { capture: 'debug' }],
    ['zones=[{"name":"a","x":0,"y":0,"w":1,"h":1}]', 'zones', [{ name: 'a', x: 0, y: 0, w: 1, h: 1 }]],
    ['mqtt.clientId=a=b', 'mqtt.clientId', 'a=b'],
    ['vision.engine=wasm', 'vision.engine', 'wasm'],
  ])('%s', (argument, path, value) => {
    const { settings } = load({ set: [argument] });
    expect(
      path.split('.').reduce<unknown>((group, name) => (group as Record<string, unknown>)[name], settings),
    ).toEqual(value);
  });
});

describe('paths', () => {
  test('start at the file they stand in, else at the working directory', () => {
    const folder = temporaryFolderSync();
    const file = writeIn(folder, 'config.json', {
      stateDir: 'state',
      camera: { directory: { path: '../frames' }, ffmpeg: { input: 'beach.mp4' } },
    });
    const { settings } = load({ files: [file], set: ['models.dir=models'], cwd: '/work' });
    expect(settings.stateDir).toBe(join(folder, 'state'));
    expect(settings.camera.directory.path).toBe(join(folder, '..', 'frames'));
    expect(settings.camera.ffmpeg.input).toBe(join(folder, 'beach.mp4'));
    expect(settings.models.dir).toBe('/work/models');
  });

  test('a stream is no path', () => {
    const input = 'rtsp://camera.local/1';
    expect(loadContent({ camera: { ffmpeg: { input } } }).settings.camera.ffmpeg.input).toBe(input);
  });

  test('the state folder is the one systemd made, else in the working directory', () => {
    expect(load({ cwd: '/work' }).settings.stateDir).toBe('/work/state');
    const env = { STATE_DIRECTORY: '/var/lib/surfwatch:/var/lib/other' };
    expect(load({ env }).settings.stateDir).toBe('/var/lib/surfwatch');
    expect(load({ env, set: ['stateDir=/data'] }).settings.stateDir).toBe('/data');
  });

  test('the models are those of the package', () => {
    expect(load().settings.models.dir).toBe(join(PACKAGE_ROOT, 'models'));
  });

  test('a config file may be named from the working directory', () => {
    const cwd = temporaryFolderSync();
    mkdirSync(join(cwd, 'etc'));
    writeIn(cwd, 'etc/config.json', { site: 'pier' });
    expect(load({ cwd, files: ['etc/config.json'] }).settings.site).toBe('pier');
  });
});

describe('what is shipped', () => {
  test('the defaults never take the simulator', () => {
    expect(load().settings.camera.kind).toBe('webcam');
  });

  test('the demo config holds', () => {
    const { settings } = load({ files: [join(PACKAGE_ROOT, 'config', 'demo.json')] });
    expect(settings.camera.kind).toBe('simulator');
    expect(settings.mqtt.url).toBe('');
  });
});

test('settings are frozen through and through', () => {
  const { settings } = loadContent({ zones: [{ name: 'a', x: 0, y: 0, w: 1, h: 1 }] });
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(settings)).toBe(true);
});

describe('zones to report', () => {
  const corners = (...points: [number, number][]) => points.map(([x, y]) => ({ x, y }));

  test('without zones it is the whole frame', () => {
    const points = corners([0, 0], [1, 0], [1, 1], [0, 1]);
    expect(zonesOf(load().settings)).toEqual([{ name: 'beach', points }]);
  });

  test('a zone is a rectangle or a polygon', () => {
    const zones = [
      { name: 'a', x: 0, y: 0.5, w: 0.5, h: 0.25 },
      {
        name: 'b',
        points: [
          [0.1, 0.5],
          [0.6, 0.4],
          [0.5, 0.7],
        ],
      },
    ];
    const { settings } = loadContent({ zones });
    expect(settings.zones).toEqual(zones);
    expect(zonesOf(settings)).toEqual([
      { name: 'a', points: corners([0, 0.5], [0.5, 0.5], [0.5, 0.75], [0, 0.75]) },
      { name: 'b', points: corners([0.1, 0.5], [0.6, 0.4], [0.5, 0.7]) },
    ]);
  });
});
