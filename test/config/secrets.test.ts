import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nest } from '../../src/config/effective.ts';
import { describeFault } from '../../src/config/fault.ts';
import { SETTINGS } from '../../src/config/schema.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { errorOf, load, loadContent, writeIn } from './support.ts';

const SECRETS = SETTINGS.filter(({ setting }) => setting.sensitive === true).map(({ path }) => path);
const CANARY = 'kaNaRy-7316';

/** Everything of a loaded config or an error that may reach a terminal or a log. */
function everythingShown(action: () => ReturnType<typeof load>): string {
  try {
    const { effective, warnings, files } = action();
    return [
      JSON.stringify(nest(effective)),
      inspect({ effective, warnings, files }, { depth: 9 }),
      ...warnings.map(describeFault),
    ].join('\n');
  } catch (error) {
    return inspect(error, { depth: 9, showHidden: true });
  }
}

describe.each(SECRETS)('%s', path => {
  const [group = '', ...rest] = path.split('.');
  const inFile = (name: string, value: unknown) => {
    const inner = rest
      .slice(0, -1)
      .reduceRight<unknown>((nested, key) => ({ [key]: nested }), { [name]: value });
    return { [group]: inner };
  };
  const name = rest.at(-1) ?? '';
  const valueIn = (loaded: ReturnType<typeof load>) =>
    path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], loaded.settings);
  // A password goes with a name.
  const login = path.endsWith('password') ? [path.replace('password', 'username=board')] : [];
  const variable = SETTINGS.find(entry => entry.path === path)?.env ?? '';

  test('comes from a config file, the environment or --set', () => {
    expect(valueIn(loadContent(inFile(name, CANARY), { set: login }))).toBe(CANARY);
    expect(valueIn(load({ env: { [variable]: CANARY }, set: login }))).toBe(CANARY);
    expect(valueIn(load({ set: [...login, `${path}=${CANARY}`] }))).toBe(CANARY);
  });

  test('comes from a file of its own, without the line end', () => {
    const folder = temporaryFolderSync();
    for (const end of ['', '\n', '\r\n']) {
      writeIn(folder, 'secret', `${CANARY} ${end}`);
      const loaded = load({ set: [...login, `${path}File=secret`], cwd: folder });
      expect(valueIn(loaded)).toBe(`${CANARY} `);
      expect(loaded.warnings).toEqual([]);
    }
    // The file's name is a setting of the config, not of the program.
    expect(
      `${path}File`
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], load().settings),
    ).toBeUndefined();
  });

  test('comes from a systemd credential', () => {
    const credentialsDirectory = temporaryFolderSync();
    writeIn(credentialsDirectory, path, `${CANARY}\n`, 0o444);
    const loaded = load({ set: login, credentialsDirectory });
    expect(valueIn(loaded)).toBe(CANARY);
    expect(loaded.effective.find(entry => entry.path === path)?.source).toBe(
      join(credentialsDirectory, path),
    );
  });

  test('given twice is a fault', () => {
    const folder = temporaryFolderSync();
    const file = writeIn(folder, 'secret', CANARY);
    writeIn(folder, path, CANARY);
    const ways = [
      () => load({ set: [...login, `${path}=${CANARY}`, `${path}File=${file}`] }),
      () => load({ set: [...login, `${path}=${CANARY}`], credentialsDirectory: folder }),
      () => load({ set: [...login, `${path}File=${file}`], credentialsDirectory: folder }),
    ];
    for (const way of ways) {
      expect(errorOf(way).faults).toEqual([expect.objectContaining({ kind: 'secret', path })]);
    }
  });

  test('a file that is missing, empty or a folder is a fault', () => {
    const folder = temporaryFolderSync();
    const empty = writeIn(folder, 'empty', '\n');
    for (const file of [join(folder, 'none'), empty, folder]) {
      expect(errorOf(() => load({ set: [...login, `${path}File=${file}`] })).faults).toEqual([
        expect.objectContaining({ kind: 'secret', path: `${path}File` }),
      ]);
    }
  });

  test('a file that everyone can read is warned of', () => {
    const folder = temporaryFolderSync();
    const secret = writeIn(folder, 'secret', CANARY, 0o644);
    const config = writeIn(folder, 'config.json', inFile(name, CANARY), 0o644);
    expect(load({ set: [...login, `${path}File=${secret}`] }).warnings).toEqual([
      expect.objectContaining({
        kind: 'secret',
        path: `${path}File`,
        reason: expect.stringContaining('chmod 600'),
      }),
    ]);
    expect(load({ files: [config], set: login }).warnings).toEqual([
      expect.objectContaining({ kind: 'secret', path }),
    ]);
  });

  test('is never shown, however it is given and whatever is wrong', () => {
    const folder = temporaryFolderSync();
    const file = writeIn(folder, 'secret', CANARY, 0o644);
    writeIn(folder, path, CANARY);
    const ways = [
      () => loadContent(inFile(name, CANARY), { set: login }),
      () => loadContent(inFile(name, [CANARY]), { set: login }),
      () => loadContent(inFile(name, { [CANARY]: CANARY }), { set: login }),
      () => loadContent(inFile(`${name}s`, CANARY)),
      () => loadContent(`{"x": "${CANARY}" "${CANARY}"`),
      () => load({ set: [...login, `${path}=${CANARY}`] }),
      () => load({ set: [`${path}=${CANARY}`] }),
      () => load({ set: [`${path}s=${CANARY}`] }),
      () => load({ set: [`${path} ${CANARY}`] }),
      () => load({ set: [`${path} ${CANARY}=x`] }),
      () => load({ env: { [variable]: CANARY }, set: login }),
      () => load({ env: { [`${variable}S`]: CANARY } }),
      () => load({ set: [...login, `${path}File=${file}`] }),
      () => load({ set: [...login, `${path}=${CANARY}`, `${path}File=${file}`] }),
      () => load({ set: login, credentialsDirectory: folder }),
    ];
    for (const way of ways) expect(everythingShown(way)).not.toContain(CANARY);
  });
});

describe('credentials in a URL', () => {
  test.each([
    ['mqtt.url', `mqtt://board:${CANARY}@broker.local:1883`, 'mqtt://[secret]@broker.local:1883'],
    ['camera.http.url', `http://a:${CANARY}@cam/x.jpg?size=1`, 'http://[secret]@cam/x.jpg?size=1'],
    ['camera.http.url', `http://cam/x.jpg?token=${CANARY}&size=1`, 'http://cam/x.jpg?token=[secret]&size=1'],
    ['camera.ffmpeg.input', `rtsp://a:${CANARY}@cam/1`, 'rtsp://[secret]@cam/1'],
    ['camera.ffmpeg.input', `rtsp://a:1/${CANARY}@cam/1`, 'rtsp://[secret]@cam/1'],
  ])('%s hides them', (path, url, shown) => {
    const loaded = load({ set: [`${path}=${url}`] });
    expect(loaded.effective.find(entry => entry.path === path)?.shown).toBe(shown);
    expect(everythingShown(() => loaded)).not.toContain(CANARY);
  });

  test.each([
    `mqtt.url=ftp://a:${CANARY}@host`,
    `mqtt.url=board:${CANARY}@host`,
    `mqtt.url=mqtt://a:${CANARY}/x@host:99999`,
    `camera.http.url=http://a:${CANARY}#x@cam`,
    `camera.ffmpeg.input=udp://a:${CANARY}@cam`,
  ])('%s is refused without showing them', argument => {
    const error = errorOf(() => load({ set: [argument] }));
    expect(inspect(error, { depth: 9 })).not.toContain(CANARY);
  });
});

test('what stands in place of a secret is not taken for one', () => {
  const { faults } = errorOf(() =>
    load({
      set: ['mqtt.username=x', 'mqtt.password=[secret]', 'camera.http.url=http://[secret]@cam/'],
    }),
  );
  expect(faults.map(({ path }) => path)).toEqual(['camera.http.url', 'mqtt.password']);
});
