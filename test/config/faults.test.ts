import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { errorOf, faultsOf, load, loadContent, writeIn } from './support.ts';

const ZONE = { name: 'north', x: 0, y: 0.4, w: 0.5, h: 0.3 };
const REEF = {
  name: 'reef',
  points: [
    [0.1, 0.5],
    [0.6, 0.4],
    [0.5, 0.7],
  ],
};

describe('a value of the wrong format is named with its path and its reason', () => {
  test.each([
    ['site', { site: 'North Pier' }, 'a-z, 0-9', '"North Pier"'],
    ['site', { site: '' }, 'must not be empty', '""'],
    ['site', { site: 'a'.repeat(65) }, '64 at most', undefined],
    ['site', { site: 5 }, 'must be text', '5'],
    ['fleet', { fleet: 'yes' }, 'must be true or false', '"yes"'],
    ['log.level', { log: { level: 'loud' } }, 'must be one of trace, debug', '"loud"'],
    ['log.levels.captur', { log: { levels: { captur: 'debug' } } }, 'must be one of daemon', '"captur"'],
    ['log.levels.capture', { log: { levels: { capture: 'loud' } } }, 'must be one of trace', '"loud"'],
    ['log.levels', { log: { levels: ['debug'] } }, 'must be an object', '["debug"]'],
    ['camera.kind', { camera: { kind: 'phone' } }, 'must be one of webcam', '"phone"'],
    ['camera.kind', { camera: { kind: null } }, 'must be one of webcam', 'null'],
    ['camera.interval', { camera: { interval: 'soon' } }, 'must be a duration', '"soon"'],
    ['camera.interval', { camera: { interval: -1 } }, 'of 100ms or more', '-1'],
    ['camera.interval', { camera: { interval: '99ms' } }, 'of 100ms or more', '"99ms"'],
    ['camera.interval', { camera: { interval: 100.5 } }, 'must be a duration', '100.5'],
    ['learning.maxAge', { learning: { maxAge: '1s' } }, 'of 1m or more', '"1s"'],
    ['camera.rpicam.args', { camera: { rpicam: { args: '--hflip' } } }, 'a list of texts', '"--hflip"'],
    ['camera.rpicam.args[0]', { camera: { rpicam: { args: [7] } } }, 'must be text', '7'],
    [
      'camera.webcam.device',
      { camera: { webcam: { device: '/dev/video0; reboot' } } },
      'only letters',
      '"/dev/video0; reboot"',
    ],
    ['camera.webcam.width', { camera: { webcam: { width: 10.5 } } }, 'whole number from 16 to 7680', '10.5'],
    [
      'camera.http.url',
      { camera: { http: { url: 'ftp://cam/a.jpg' } } },
      'beginning with http:// or https://',
      '"ftp://cam/a.jpg"',
    ],
    ['camera.http.url', { camera: { http: { url: 'http://' } } }, 'must be a URL', '"http://"'],
    [
      'camera.ffmpeg.input',
      { camera: { ffmpeg: { input: 'udp://cam' } } },
      'beginning with rtsp://',
      '"udp://cam"',
    ],
    ['camera.ffmpeg.fps', { camera: { ffmpeg: { fps: 0 } } }, 'number from 0.01 to 30', '0'],
    ['vision.detail', { vision: { detail: 9 } }, 'auto', '9'],
    ['vision.share', { vision: { share: '70%' } }, 'from 0 to 1', '"70%"'],
    ['activity.thresholds.surfing', { activity: { thresholds: { surfing: 1.5 } } }, 'from 0 to 1', '1.5'],
    [
      'activity.thresholds.Sur fing',
      { activity: { thresholds: { 'Sur fing': 0.5 } } },
      'a-z, 0-9',
      '"Sur fing"',
    ],
    ['learning.newActivities', { learning: { newActivities: 7 } }, 'a list of names', '7'],
    ['learning.newActivities[1]', { learning: { newActivities: ['sup', 'Wing'] } }, 'a-z, 0-9', '"Wing"'],
    ['mqtt.url', { mqtt: { url: 'broker.local' } }, 'beginning with mqtt://', '"broker.local"'],
    ['broker.port', { broker: { port: 65_536 } }, 'port number from 0 to 65535', '65536'],
    ['web.host', { web: { host: 'a host' } }, 'must be an IP address or a host name', '"a host"'],
    ['discovery.prefix', { discovery: { prefix: 'ha/#' } }, 'must be a topic without + and #', '"ha/#"'],
    ['discovery.prefix', { discovery: { prefix: 'surf' } }, 'must be a topic without + and #', '"surf"'],
    [
      'discovery.prefix',
      { discovery: { prefix: 'surf/ha' } },
      'must be a topic without + and #',
      '"surf/ha"',
    ],
    ['discovery.prefix', { discovery: { prefix: 'ha//x' } }, 'must be a topic without + and #', '"ha//x"'],
    ['discovery.prefix', { discovery: { prefix: '$SYS' } }, 'must be a topic without + and #', '"$SYS"'],
    ['camera', { camera: 'webcam' }, 'must be an object of settings', undefined],
    ['learning.maxBytes', { learning: { maxBytes: '20 MB' } }, 'whole number of bytes', '"20 MB"'],
    ['stateDir', { stateDir: 'a\0b' }, 'zero byte', undefined],
  ])('%s', (path, content, reason, value) => {
    const faults = faultsOf(content);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ kind: 'invalid', path });
    expect(faults[0]?.reason).toContain(reason);
    if (value !== undefined) expect(faults[0]?.value).toBe(value);
  });
});

describe('zones', () => {
  test.each([
    ['zones', 'north', 'must be a list'],
    ['zones[0]', ['north'], 'must be an object'],
    ['zones[0].name', [{ ...ZONE, name: 'North' }], 'a-z, 0-9'],
    ['zones[0].h', [{ name: 'north', x: 0, y: 0, w: 1 }], 'is missing'],
    ['zones[1].w', [ZONE, { ...ZONE, name: 'south', w: 0 }], 'above 0'],
    ['zones[1].w', [ZONE, { ...ZONE, name: 'south', x: 0.6 }], 'inside the picture'],
    ['zones[0].x', [{ ...ZONE, x: -0.1 }], 'from 0 to 1'],
    ['zones[1].name', [ZONE, ZONE], 'must be unique'],
    ['zones[0].width', [{ ...ZONE, width: 1 }], 'no such field'],
    [
      'zones[0].points',
      [
        {
          ...REEF,
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
      'from 3 to 100 corners',
    ],
    [
      'zones[0].points',
      [
        {
          ...REEF,
          points: [
            [0, 0],
            [1, 0],
            [1, 1.2],
          ],
        },
      ],
      'each number from 0 to 1',
    ],
    ['zones[0].points', [{ ...REEF, points: [[0, 0], [1, 0], [1]] }], 'corners [x, y]'],
    [
      'zones[0].points',
      [
        {
          ...REEF,
          points: [
            [0, 0.5],
            [1, 0.5],
            [0.3, 0.5],
          ],
        },
      ],
      'must enclose an area',
    ],
    ['zones[0].x', [{ ...REEF, x: 0 }], 'no such field'],
    ['zones[0].name', [{ points: REEF.points }], 'is missing'],
  ])('%s', (path, zones, reason) => {
    const faults = faultsOf({ zones });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ kind: 'invalid', path });
    expect(faults[0]?.reason).toContain(reason);
  });

  test('a zone that ends at the border is inside in spite of rounding', () => {
    const zones = [{ name: 'edge', x: 0.7, y: 0.1, w: 0.3, h: 0.9 }];
    expect(loadContent({ zones }).settings.zones).toEqual(zones);
  });
});

describe('unknown names', () => {
  test.each([
    ['camera.intervall', { camera: { intervall: '2s' } }, 'did you mean "camera.interval"?'],
    ['camera.intervalMs', { camera: { intervalMs: 2000 } }, 'did you mean "camera.interval"?'],
    ['camra', { camra: { interval: '2s' } }, 'did you mean "camera"?'],
    ['quantumFluxCapacitor', { quantumFluxCapacitor: 1 }, 'there is no such setting'],
    ['constructor', { constructor: { prototype: 1 } }, 'there is no such setting'],
  ])('%s in a file', (path, content, reason) => {
    const [fault] = faultsOf(content);
    expect(fault).toMatchObject({ kind: 'unknown', path });
    expect(fault?.reason).toContain(reason);
  });

  test('nothing is suggested where nothing is near', () => {
    expect(faultsOf({ quantumFluxCapacitor: 1 })[0]?.reason).toBe('there is no such setting');
  });

  test('__proto__ is a name like any other', () => {
    expect(
      faultsOf('{"__proto__": {"site": "x"}, "camera": {"__proto__": 1}}').map(({ path }) => path),
    ).toEqual(['__proto__', 'camera.__proto__']);
  });

  test('--set and the environment are as strict', () => {
    const env = { SURFWATCH_SIET: 'x', OTHER: 'y' };
    const { faults } = errorOf(() => load({ set: ['camera.knid=http', 'site', '=x', 'camera=1'], env }));
    expect(faults.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['unknown', expect.stringContaining('did you mean "SURFWATCH_SITE"?')],
      ['unknown', expect.stringContaining('did you mean "camera.kind"?')],
      ['invalid', '--set number 2 must have the form key=value'],
      ['invalid', '--set number 3 must have the form key=value'],
      ['unknown', expect.stringContaining('no such setting')],
    ]);
  });

  test('a key for editors is allowed', () => {
    expect(loadContent({ $schema: './schema.json', site: 'pier' }).settings.site).toBe('pier');
  });
});

describe('files', () => {
  test('comments, trailing commas and a byte order mark are allowed', () => {
    expect(loadContent('\uFEFF{ // which beach\n "site": "pier", /* done */ }').settings.site).toBe('pier');
  });

  test.each([
    ['{\n  "site": "pier"\n  "fleet": true\n}', '3:3', 'comma expected'],
    ['{"site": }', '1:10', 'value expected'],
    ['', '1:1', 'value expected'],
    ['{"site": "pier"', '1:16', 'close brace expected'],
    [`// "\n${'['.repeat(100_000)}`, '2:33', 'in more than 32 others'],
  ])('broken JSON %.40j is named by its place', (text, place, reason) => {
    const file = writeIn(temporaryFolderSync(), 'broken.json', text);
    const [fault] = errorOf(() => load({ files: [file] })).faults;
    expect(fault).toMatchObject({ kind: 'file', source: `${file}:${place}` });
    expect(fault?.reason).toContain(reason);
  });

  test('a fault has the line and column of its value', () => {
    const file = writeIn(
      temporaryFolderSync(),
      'config.json',
      '{\n  "camera": {\n    "interval": "soon"\n  }\n}',
    );
    expect(errorOf(() => load({ files: [file] })).faults[0]?.source).toBe(`${file}:3:17`);
  });

  test('a name that stands twice is a fault, as only one of them could count', () => {
    expect(faultsOf('{"site": "a", "site": "b"}')[0]).toMatchObject({ path: 'site', kind: 'invalid' });
  });

  test('a missing file and a folder are faults', () => {
    const folder = temporaryFolderSync();
    const { faults } = errorOf(() => load({ files: [join(folder, 'none.json'), folder] }));
    expect(faults.map(({ kind }) => kind)).toEqual(['file', 'file']);
    expect(faults[0]?.reason).toContain(join(folder, 'none.json'));
  });

  test('where a file is unread nothing is said of how settings go together', () => {
    const set = ['camera.http.password=x'];
    expect(faultsOf('{"camera.http": {"username": "x"', { set }).map(({ kind }) => kind)).toEqual([
      'file',
      'file',
    ]);
  });

  test('what is no object is a fault', () => {
    expect(faultsOf('[1]')[0]?.reason).toContain('must be an object');
  });
});

describe('settings that contradict each other', () => {
  const login = { username: 'board', password: 'x' };
  test.each([
    ['activity.staleAfter', { camera: { interval: '20s' } }],
    ['mqtt.keyFile', { mqtt: { certFile: '/c.pem' } }],
    ['mqtt.certFile', { mqtt: { keyFile: '/k.pem' } }],
    ['mqtt.username', { mqtt: { password: 'x' } }],
    ['mqtt.url', { mqtt: { url: 'mqtt://a:b@host', ...login } }],
    ['camera.http.username', { camera: { http: { password: 'x' } } }],
    ['camera.http.url', { camera: { kind: 'http' } }],
    ['camera.directory.path', { camera: { kind: 'directory' } }],
    ['camera.ffmpeg.input', { camera: { kind: 'ffmpeg' } }],
  ])('%s', (path, content) => {
    expect(faultsOf(content).map(fault => [fault.kind, fault.path])).toContainEqual(['contradiction', path]);
  });

  test('what the camera would refuse at its start is refused here', () => {
    const [fault] = faultsOf({ camera: { webcam: { device: 'usb' } } });
    expect(fault).toMatchObject({ kind: 'invalid', path: 'camera.webcam.device' });
  });

  test('a rule is silent about a setting that is wrong by itself', () => {
    const faults = faultsOf({ camera: { interval: 'soon' }, activity: { staleAfter: '1s' } });
    expect(faults.map(({ path }) => path)).toEqual(['camera.interval']);
    expect(faultsOf({ mqtt: { certFile: 1, keyFile: '/k.pem' } }).map(({ path }) => path)).toEqual([
      'mqtt.certFile',
    ]);
  });
});

test('all faults of all sources are listed at once, with the exit status of a wrong configuration', () => {
  const file = writeIn(temporaryFolderSync(), 'config.json', {
    site: 'A',
    camra: 1,
    zones: [{ ...ZONE, x: 2, y: 2 }],
  });
  const error = errorOf(() =>
    load({ files: [file], env: { SURFWATCH_FLEET: 'maybe' }, set: ['broker.port=x', 'broker.host=0.0.0.0'] }),
  );
  expect(error.faults.map(({ path }) => path).sort()).toEqual([
    'broker.host',
    'broker.port',
    'camra',
    'fleet',
    'site',
    'zones[0].x',
    'zones[0].y',
  ]);
  expect(error).toMatchObject({ code: 'config-invalid', exitStatus: 78 });
  for (const { path, reason } of error.faults) expect(error.message).toContain(`${path}: ${reason}`);
  expect(error.message).toContain(`${file}:1:9`);
});
