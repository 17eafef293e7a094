import { describe, expect, test } from 'vitest';
import { formatOf, SETTINGS, settingAt } from '../../src/config/schema.ts';
import { envName, isDuration, type SchemaOf } from '../../src/config/setting.ts';
import { load } from './support.ts';

describe('environment variables', () => {
  test.each([
    ['site', 'SURFWATCH_SITE'],
    ['stateDir', 'SURFWATCH_STATE_DIR'],
    ['camera.http.url', 'SURFWATCH_CAMERA_HTTP_URL'],
    ['camera.http.maxBytes', 'SURFWATCH_CAMERA_HTTP_MAX_BYTES'],
    ['mqtt.passwordFile', 'SURFWATCH_MQTT_PASSWORD_FILE'],
  ])('%s is set by %s', (path, name) => {
    expect(envName(path)).toBe(name);
    expect(SETTINGS.find(entry => entry.path === path)?.env).toBe(name);
  });

  test('no two settings share one', () => {
    const names = SETTINGS.map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the schema', () => {
  test.each(SETTINGS.map(entry => [entry.path, entry.setting] as const))(
    '%s has a doc and a right default',
    (_path, setting) => {
      expect(setting.doc).toMatch(/^[A-Z].*\.$/s);
      const { default: written, none } = setting;
      if (written === null) expect(none).toBeDefined();
      else {
        const format = formatOf(setting);
        const value = isDuration(setting) ? format.parse(String(written)) : written;
        expect(format.problems(value, setting)).toEqual([]);
      }
    },
  );

  test('every secret can come from a file', () => {
    const secrets = SETTINGS.filter(({ setting }) => setting.sensitive === true).map(({ path }) => path);
    expect(secrets).toEqual([
      'camera.http.password',
      'camera.ffmpeg.password',
      'mqtt.password',
      'metrics.token',
      'metrics.password',
    ]);
    for (const path of secrets) expect(settingAt(`${path}File`)?.format).toBe('path');
  });

  test('the defaults of the interfaces and of the schema are the same', async () => {
    const { settings } = load();
    const { BROKER_DEFAULTS } = await import('../../src/broker/process.ts');
    const { MQTT_DEFAULTS } = await import('../../src/messaging/options.ts');
    const { DEFAULT_ACTIVITY_OPTIONS } = await import('../../src/activity/options.ts');
    const { SIMULATOR_DEFAULTS } = await import('../../src/simulator/options.ts');
    const { DEFAULT_GATE_OPTIONS } = await import('../../src/vision/quality.ts');
    expect(settings.mqtt).toEqual(MQTT_DEFAULTS);
    const { SNAPSHOT_DEFAULTS } = await import('../../src/messaging/snapshot-options.ts');
    expect(settings.snapshot).toEqual(SNAPSHOT_DEFAULTS);
    expect(settings.broker).toEqual(BROKER_DEFAULTS);
    expect(settings.activity).toEqual(DEFAULT_ACTIVITY_OPTIONS);
    expect(settings.camera.simulator).toEqual(SIMULATOR_DEFAULTS);
    expect(settings.gates).toEqual(DEFAULT_GATE_OPTIONS);
  });
});

/** Not run: the compiler fails where a line below a comment compiles. */
interface Example {
  readonly waitMs: number;
  readonly kind: 'a' | 'b' | null;
  readonly user?: string;
  readonly count: number;
}

const doc = 'x';

test('a schema that differs from its interface does not compile', () => {
  const right = {
    wait: { doc, format: 'duration', default: '1s' },
    kind: { doc, format: 'choice', default: null, none: 'null', choices: { a: '', b: '' } },
    user: { doc, format: 'text', default: null, none: 'omit' },
    count: { doc, format: 'whole', default: 1 },
  } as const satisfies SchemaOf<Example>;
  const { wait, kind, user, count } = right;
  const wrong = [
    // @ts-expect-error a missing setting
    { wait, kind, user } as const satisfies SchemaOf<Example>,
    // @ts-expect-error a setting too many
    { wait, kind, user, count, more: count } as const satisfies SchemaOf<Example>,
    // @ts-expect-error a duration under its name in the program
    { waitMs: wait, kind, user, count } as const satisfies SchemaOf<Example>,
    // @ts-expect-error a choice too few
    { ...right, kind: { ...kind, choices: { a: '' } } } as const satisfies SchemaOf<Example>,
    // @ts-expect-error a choice too many
    { ...right, kind: { ...kind, choices: { a: '', b: '', c: '' } } } as const satisfies SchemaOf<Example>,
    // @ts-expect-error an optional value that the schema always gives
    { ...right, user: { doc, format: 'text', default: '' } } as const satisfies SchemaOf<Example>,
    // @ts-expect-error null where the interface has none
    { ...right, count: { ...count, none: 'null' } } as const satisfies SchemaOf<Example>,
    // @ts-expect-error another type
    { ...right, count: { doc, format: 'text', default: '' } } as const satisfies SchemaOf<Example>,
  ];
  expect(wrong).toHaveLength(8);
});
