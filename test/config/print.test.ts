import { expect, test } from 'vitest';
import { formatDuration } from '../../src/base/duration.ts';
import { nest } from '../../src/config/effective.ts';
import { formatOf, SETTINGS } from '../../src/config/schema.ts';
import type { Setting } from '../../src/config/setting.ts';
import { fc } from '../support/fast-check.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { load, loadContent, writeIn } from './support.ts';

/** Settings that depend on each other: their values cannot be drawn apart. */
const RULED =
  /^(camera\.(kind|interval|webcam\.device|rpicam\.args|ffmpeg\.v4l2\..*)|activity\.staleAfter|schedule\.(enabled|daylight|latitude|longitude)|mqtt\.(certFile|keyFile)|metrics\.(textfile|token.*)|web\.(host|cert|key|.*Password(File)?)|.*\.username|.*\.password(File)?)$/;

const name = fc.stringMatching(/^[a-z]{1,8}(-[0-9]{1,3})?$/);
const share = fc.double({ min: 0, max: 0.5, noNaN: true });
const size = fc.double({ min: 0.01, max: 0.5, noNaN: true });
const corner = (x: number, y: number) =>
  fc.tuple(
    fc.double({ min: x, max: x + 0.4, noNaN: true }),
    fc.double({ min: y, max: y + 0.4, noNaN: true }),
  );
const zone = fc.oneof(
  fc.record({ name, x: share, y: share, w: size, h: size }),
  // One corner in each of three corners of the frame: they enclose an area.
  fc.record({ name, points: fc.tuple(corner(0, 0), corner(0.6, 0), corner(0, 0.6)) }),
);

const window = fc.record(
  {
    days: fc.array(fc.constantFrom('mon', 'tue-thu', 'sat-mon'), { minLength: 1, maxLength: 3 }),
    from: fc.constantFrom('00:00', '08:30', '22:00'),
    to: fc.constantFrom('06:15', '20:00', '24:00'),
  },
  { requiredKeys: ['from', 'to'] },
);

/** Values of a setting's format, as a file may have them. */
function valuesOf({ format, min, max, choices, keys, schemes, none }: Setting): fc.Arbitrary<unknown> {
  const whole = () => fc.integer({ min: min ?? 0, max: max ?? 1_000_000_000 });
  const real = () =>
    fc.double({ min: min ?? 0, max: max ?? (format === 'ratio' ? 1 : 1_000_000), noNaN: true });
  const word = fc.stringMatching(/^[A-Za-z0-9 äß"\\$.-]{1,12}$/);
  const url = () =>
    fc
      .constantFrom(...(schemes ?? []))
      .chain(scheme => fc.domain().map(domain => `${scheme}://${domain}/x?y=1`));
  const byFormat: Record<Setting['format'], () => fc.Arbitrary<unknown>> = {
    duration: () => whole().chain(ms => fc.constantFrom<unknown>(ms, formatDuration(ms))),
    offset: () => whole().chain(ms => fc.constantFrom<unknown>(ms, formatDuration(ms))),
    whole,
    bytes: whole,
    port: () => fc.integer({ min: 0, max: 65_535 }),
    decimal: real,
    ratio: real,
    switch: () => fc.boolean(),
    choice: () => fc.constantFrom(...Object.keys(choices ?? {})),
    text: () => word,
    texts: () => fc.array(word, { maxLength: 3 }),
    name: () => name,
    path: () => word,
    host: () => fc.ipV4(),
    topic: () => fc.stringMatching(/^ha[A-Za-z0-9/_-]{0,8}[a-z]$/).filter(text => !text.includes('//')),
    device: () => fc.stringMatching(/^[a-z0-9]{1,8}$/),
    url,
    servers: () => fc.oneof(url(), fc.array(url(), { minLength: 1, maxLength: 3 })),
    source: () =>
      fc.oneof(
        word,
        fc.domain().map(domain => `rtsp://${domain}/1`),
      ),
    levels: () => fc.dictionary(fc.constantFrom(...(keys ?? [])), fc.constantFrom('debug', 'warn', 'silent')),
    ratios: () => fc.dictionary(name, fc.double({ min: 0, max: 1, noNaN: true })),
    names: () => fc.array(name, { maxLength: 3 }),
    detail: () => fc.oneof(fc.constant('auto'), fc.double({ min: 0.1, max: 4, noNaN: true })),
    timeZone: () => fc.constantFrom('UTC', 'Europe/Lisbon', 'Australia/Lord_Howe'),
    windows: () => fc.array(window, { maxLength: 3 }),
    zones: () => fc.uniqueArray(zone, { selector: ({ name }) => name, maxLength: 4 }),
  };
  const values = byFormat[format]();
  return none === undefined ? values : fc.option(values);
}

test('what is printed can be loaded, and gives the same settings', () => {
  const free = SETTINGS.filter(({ path }) => !RULED.test(path));
  expect(free.length).toBeGreaterThan(60);
  const contents = fc.record(Object.fromEntries(free.map(({ path, setting }) => [path, valuesOf(setting)])), {
    requiredKeys: [],
  });
  const folder = temporaryFolderSync();
  fc.assert(
    fc.property(contents, content => {
      const given = Object.entries(content).map(([path, shown]) => ({ path, shown, source: '' }));
      const once = load({ files: [writeIn(folder, 'config.json', nest(given))] });
      const printed = nest(once.effective);
      const again = load({ files: [writeIn(folder, 'printed.json', printed)], cwd: '/elsewhere' });
      expect(again.settings).toEqual(once.settings);
      expect(nest(again.effective)).toEqual(printed);
    }),
    { numRuns: 60 },
  );
});

test('a login whose password has a file of its own is printed so that it can be loaded', () => {
  const file = writeIn(temporaryFolderSync(), 'password', 'x\n');
  const once = loadContent({ mqtt: { username: 'board', passwordFile: file } });
  expect(nest(once.effective).mqtt).toMatchObject({ password: null, passwordFile: file });
  expect(loadContent(nest(once.effective)).settings).toEqual(once.settings);
});

test('what is printed has every setting, in the form of a file', () => {
  const { effective } = load();
  expect(effective.map(({ path }) => path)).toEqual(SETTINGS.map(({ path }) => path));
  expect(nest(effective).camera).toMatchObject({
    kind: 'webcam',
    interval: '2s',
    webcam: { skipFrames: 10 },
    ffmpeg: { hwaccel: null },
  });
});

test('a value read from text is the one a file has', () => {
  const setting = (path: string) => SETTINGS.find(entry => entry.path === path)?.setting as Setting;
  expect(formatOf(setting('camera.interval')).parse('1.5s')).toBe(1_500);
  expect(formatOf(setting('fleet')).parse('false')).toBe(false);
  // Kept as text, so that the fault shows what was written.
  expect(formatOf(setting('fleet')).parse('no')).toBe('no');
  expect(formatOf(setting('broker.port')).parse('18x')).toBe('18x');
  expect(formatOf(setting('broker.port')).parse('')).toBe('');
  expect(formatOf(setting('zones')).parse('[{')).toBe('[{');
});
