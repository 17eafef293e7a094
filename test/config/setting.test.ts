import { describe, expect, test } from 'vitest';
import { formatOf, SETTINGS, settingAt } from '../../src/config/schema.ts';
import { envName, isDuration, type SettingsOf, type SettingTree } from '../../src/config/setting.ts';

describe('environment variables', () => {
  test.each([
    ['site', 'SURFWATCH_SITE'],
    ['stateDir', 'SURFWATCH_STATE_DIR'],
    ['camera.http.url', 'SURFWATCH_CAMERA_HTTP_URL'],
    ['learning.maxBytes', 'SURFWATCH_LEARNING_MAX_BYTES'],
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
      'web.lookPassword',
      'web.operatePassword',
    ]);
    for (const path of secrets) expect(settingAt(`${path}File`)?.format).toBe('path');
  });
});

const TREE = {
  wait: { doc: 'x', format: 'duration', default: '1s' },
  kind: { doc: 'x', format: 'choice', default: null, none: 'null', choices: { a: '', b: '' } },
  inner: { user: { doc: 'x', format: 'text', default: null, none: 'omit' } },
  dir: { doc: 'x', format: 'path', default: null, none: 'derive' },
} as const satisfies SettingTree;

/** The compiler fails where a line below a comment compiles. */
test('the type of the settings follows from the schema', () => {
  const right: SettingsOf<typeof TREE> = { waitMs: 1, kind: null, inner: {}, dir: '/x' };
  const others: SettingsOf<typeof TREE>[] = [
    { ...right, kind: 'a', inner: { user: 'x' } },
    // @ts-expect-error a duration under its name in a file
    { wait: 1, kind: null, inner: {}, dir: '/x' },
    // @ts-expect-error not one of the choices
    { ...right, kind: 'c' },
    // @ts-expect-error left out, not null
    { ...right, inner: { user: null } },
    // @ts-expect-error never null once the settings are loaded
    { ...right, dir: null },
    // @ts-expect-error there is no such setting
    { ...right, more: 1 },
  ];
  expect(others).toHaveLength(6);
});
