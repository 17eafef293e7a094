import { describe, expect, it, test } from 'vitest';
import { SETTINGS, settingAt } from '../../src/config/schema.ts';
import type { Settings } from '../../src/config/settings.ts';
import { applicable, applyRuntimeOptions, type OptionValues } from '../../src/control/apply-options.ts';
import { shownAt } from '../../src/control/describe-options.ts';
import { changeOf, differences, RUNTIME_SETTINGS } from '../../src/control/runtime-settings.ts';
import { valueAt, withValuesOf } from '../../src/control/settings-path.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { fc } from '../support/fast-check.ts';
import { settingsWith } from './support.ts';

const BASE = settingsWith();

/** Values of all formats that a runtime setting has, most of them right. */
const value = fc.oneof(
  fc.constantFrom('500ms', '2s', '90s', '10m', '1h', '400d', 'soon', '-1s'),
  fc.integer({ min: -5, max: 100_000_000 }),
  fc.double({ min: -1, max: 2, noNaN: true }),
  fc.boolean(),
  fc.constantFrom('debug', 'silent', 'nothing', 'pictures', 'loud', null, [], '', 'true', '0.5', '7'),
  fc.dictionary(
    fc.constantFrom('surfing', 'sup', 'capture', 'daemon', 'Nope!', '__proto__'),
    fc.constantFrom(0, 0.6, 2, 'debug'),
  ),
);
const values: fc.Arbitrary<OptionValues> = fc.dictionary(
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...RUNTIME_SETTINGS) },
    fc.constantFrom('site', 'camera', 'nope', 'constructor', '__proto__'),
  ),
  value,
  { maxKeys: 6 },
);

/** The settings, or the error. */
function tried(settings: Settings, given: OptionValues): Settings | SurfwatchError {
  try {
    return applyRuntimeOptions(settings, given);
  } catch (error) {
    if (error instanceof SurfwatchError) return error;
    throw error;
  }
}

describe('changes at run time', () => {
  it('are all applied, or none with a code', () => {
    let [applied, refused] = [0, 0];
    fc.assert(
      fc.property(values, given => {
        const before = JSON.stringify(BASE);
        const after = tried(BASE, given);
        expect(JSON.stringify(BASE)).toBe(before);
        if (after instanceof SurfwatchError) {
          refused += 1;
          expect(after.code).toMatch(/^option-(unknown|fixed|invalid)$/);
          return;
        }
        applied += 1;
        for (const path of differences(BASE, after)) expect(Object.keys(given)).toContain(path);
        expect(Object.isFrozen(after.activity.thresholds)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(Math.min(applied, refused)).toBeGreaterThan(20);
  });

  it('give the same settings when what they show is applied again, in any order', () => {
    fc.assert(
      fc.property(values, given => {
        const { values: right } = applicable(BASE, given);
        const after = applyRuntimeOptions(BASE, right);
        const shown = Object.keys(right).map((path): [string, unknown] => [path, shownAt(after, path)]);
        expect(applyRuntimeOptions(BASE, Object.fromEntries(shown.toReversed()))).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });

  it('are what the same values in a config file are', () => {
    const given = {
      'camera.interval': '5s',
      'activity.thresholds': { surfing: 0.6 },
      'activity.heartbeat': 90_000,
      'snapshot.publish': true,
      'gates.darkLuma': 20.5,
      'learning.keep': 'embeddings',
      'log.levels': { capture: 'debug' },
    };
    const set = Object.entries(given).map(
      ([path, one]) => `${path}=${typeof one === 'string' ? one : JSON.stringify(one)}`,
    );
    expect(applyRuntimeOptions(BASE, given)).toEqual(settingsWith(set));
    // As a command line gives them: all text.
    const texts = Object.fromEntries(
      set.map(text => [text.split('=')[0], text.slice(text.indexOf('=') + 1)]),
    );
    expect(applyRuntimeOptions(BASE, texts as OptionValues)).toEqual(settingsWith(set));
  });

  it.each([
    [{ 'camera.intervall': '2s' }, 'option-unknown', 'did you mean "camera.interval"?'],
    [{ 'activity.treshold': {} }, 'option-unknown', 'did you mean "activity.thresholds"?'],
    [{ activity: { heartbeat: '1m' } }, 'option-unknown', 'activity: is a group of settings; name one'],
    [{ 'mqtt.url': 'mqtt://x' }, 'option-fixed', 'mqtt.url: cannot change while the daemon runs'],
    [{ 'mqtt.password': 'hunter2' }, 'option-fixed', 'mqtt.password'],
    [
      { 'camera.interval': '10ms' },
      'option-invalid',
      'camera.interval: must be a duration such as "500ms", "2s", "5m" or "1h" of 100ms or more, not "10ms"',
    ],
    [{ 'snapshot.width': 7681 }, 'option-invalid', 'must be a whole number from 0 to 7680, not 7681'],
    [
      { 'activity.thresholds': { surfing: 1.5 } },
      'option-invalid',
      'activity.thresholds.surfing: must be a number from 0 to 1',
    ],
    [
      { 'camera.interval': '1m' },
      'option-invalid',
      'activity.staleAfter: must be at least twice camera.interval, which is 1m',
    ],
    [{ 'learning.keep': null }, 'option-invalid', 'must be one of nothing, embeddings, pictures'],
    [{ 'snapshot.width': -1, 'log.level': 'loud' }, 'option-invalid', 'log.level: must be one of'],
  ])('%j is refused as %s', (given, code, text) => {
    const error = tried(BASE, given);
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect((error as Error).message).not.toContain('hunter2');
  });

  it('that only fit together are taken together', () => {
    const given = { 'camera.interval': '1m', 'activity.staleAfter': '3m', 'log.level': 'loud' };
    const { values: right, faults } = applicable(BASE, given);
    expect(Object.keys(right).sort()).toEqual(['activity.staleAfter', 'camera.interval']);
    expect(faults).toEqual([expect.stringMatching(/^log\.level: must be one of/)]);
  });
});

test('every setting is said to change at run time or with a restart', () => {
  const unsaid = SETTINGS.map(({ path }) => path).filter(path => changeOf(path) === undefined);
  expect(unsaid, 'name them in src/control/runtime-settings.ts').toEqual([]);
});

test('no setting that changes at run time is a secret, a path or an address', () => {
  const formats = RUNTIME_SETTINGS.map(path => settingAt(path));
  expect(formats.filter(setting => setting?.sensitive === true)).toEqual([]);
  expect(
    formats.filter(setting => ['path', 'url', 'source', 'device', 'host'].includes(setting?.format ?? '')),
  ).toEqual([]);
});

test('settings are read and copied by their path', () => {
  const other = settingsWith(['camera.interval=5s', 'site=pier', 'activity.thresholds={"sup":0.5}']);
  expect(valueAt(other, 'camera.interval')).toBe(5_000);
  expect(valueAt(other, 'mqtt.username')).toBeUndefined();
  expect(valueAt(other, 'activity.thresholds.toString')).toBeUndefined();
  expect(differences(BASE, other)).toEqual(['site', 'camera.interval', 'activity.thresholds']);
  expect(withValuesOf(BASE, other, differences(BASE, other))).toEqual(other);
});
