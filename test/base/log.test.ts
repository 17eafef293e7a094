import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLogger, type LogOptions, partLogger, setLogLevels } from '../../src/base/log.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { program } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CANARY = 'kaNaRy-7316';

/** A logger, and the lines it has written. */
function logger(options: Partial<LogOptions> = {}, env: NodeJS.ProcessEnv = {}) {
  const lines: string[] = [];
  const root = createLogger(
    { level: 'info', levels: {}, format: 'json', ...options },
    { write: line => lines.push(line) },
    undefined,
    env,
  );
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  return { root, lines, last };
}

describe('levels', () => {
  test('each part has its own, below or above that of the root', () => {
    const { root, lines } = logger({ levels: { capture: 'debug', vision: 'error', broker: 'silent' } });
    for (const part of ['capture', 'vision', 'activity', 'broker'] as const) {
      const log = partLogger(root, part);
      log.debug(`${part} debug`);
      log.info(`${part} info`);
      log.error(`${part} error`);
    }
    const said = lines.map(line => (JSON.parse(line) as { part: string; msg: string }).msg);
    expect(said).toEqual([
      'capture debug',
      'capture info',
      'capture error',
      'vision error',
      'activity info',
      'activity error',
    ]);
  });

  test('a child of a part keeps its level and its part', () => {
    const { root, last } = logger({ levels: { capture: 'debug' } });
    partLogger(root, 'capture').child({ camera: 'http' }).debug('polled');
    expect(last()).toMatchObject({ part: 'capture', camera: 'http', msg: 'polled', level: 20 });
  });
});

describe('errors', () => {
  test('a coded one has its code, message and remedy', () => {
    const { root, last } = logger();
    const cause = Object.assign(new Error('refused'), {
      code: 'ECONNREFUSED',
      response: Buffer.from(CANARY),
    });
    root.error({ err: new SurfwatchError('config-invalid', 'site is wrong', { cause }) }, 'stopped');
    expect(last()).toMatchObject({
      msg: 'stopped',
      err: {
        type: 'SurfwatchError',
        code: 'config-invalid',
        message: 'site is wrong',
        remedy: expect.stringContaining('surfwatch config schema'),
        cause: { code: 'ECONNREFUSED', message: 'refused' },
      },
    });
    expect(JSON.stringify(last())).not.toContain('response');
  });

  test('one logged by itself or under another name is the same', () => {
    const { root, last } = logger();
    root.error(new SurfwatchError('config-invalid', 'site is wrong'));
    expect(last()).toMatchObject({ msg: 'site is wrong', err: { code: 'config-invalid' } });
    root.warn({ reason: new SurfwatchError('config-invalid', 'site is wrong') }, 'x');
    expect(last()).toMatchObject({ reason: { code: 'config-invalid' } });
  });
});

test('the errors that an error sums up are logged', () => {
  const { root, last } = logger();
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  root.error(new AggregateError([refused], 'no address answers'));
  expect(last()).toMatchObject({
    err: { message: 'no address answers', errors: [{ code: 'ECONNREFUSED' }] },
  });
});

describe('neither secrets nor pictures reach the log', () => {
  const url = `mqtt://board:${CANARY}@host`;
  const bytes = Buffer.from(CANARY);
  test.each([
    ['a key', { password: CANARY }],
    ['a nested key', { a: { b: [{ c: { token: CANARY } }] } }],
    [
      'a header',
      { headers: { authorization: CANARY, Authorization: CANARY, 'proxy-authorization': CANARY } },
    ],
    ['a URL', { url }],
    ['a URL in an error', new Error(`cannot reach ${url}`)],
    ['a URL in an error in an error', new Error('x', { cause: new Error(url) })],
    ['options on an error', Object.assign(new Error('x'), { options: { headers: CANARY } })],
    ['a picture', { frame: { bytes } }],
    ['a typed array', { pixels: new Uint8Array(bytes) }],
  ])('%s', (_name, merged) => {
    for (const format of ['json', 'pretty'] as const) {
      const { root, lines } = logger({ format });
      root.info(merged, 'said');
      expect(lines.join('')).toContain('said');
      expect(lines.join('')).not.toContain(CANARY);
      expect(lines.join('')).not.toContain([...bytes].join(','));
    }
  });

  test('in a message and its arguments', () => {
    const { root, lines } = logger();
    root.info(`connecting to ${url}`);
    root.info('connecting to %s', url);
    expect(lines.join('')).toContain('[secret]@host');
    expect(lines.join('')).not.toContain(CANARY);
  });

  test('bound to a child', () => {
    const { root, lines } = logger();
    const bound = { password: CANARY, mqtt: { password: CANARY }, a: { b: { token: CANARY } }, url };
    partLogger(root, 'messaging').child(bound).info('said');
    expect(lines.join('')).toContain('said');
    expect(lines.join('')).not.toContain(CANARY);
  });
});

test('levels change while it runs, of all parts', () => {
  const { root, lines } = logger({ level: 'info', levels: { capture: 'debug' } });
  const say = () => {
    lines.length = 0;
    for (const part of ['capture', 'daemon'] as const) {
      loggers[part].debug(`${part} details`);
      loggers[part].info(`${part} news`);
    }
    return lines.map(line => JSON.parse(line).msg);
  };
  const loggers = { capture: partLogger(root, 'capture'), daemon: partLogger(root, 'daemon') };
  expect(say()).toEqual(['capture details', 'capture news', 'daemon news']);
  setLogLevels(root, { level: 'debug', levels: { capture: 'warn' } });
  expect(say()).toEqual(['daemon details', 'daemon news']);
  expect(partLogger(root, 'capture').level).toBe('warn');
  setLogLevels(root, { level: 'silent', levels: {} });
  expect(say()).toEqual([]);
});

describe('formats', () => {
  test('pretty is one readable line', () => {
    const { root, lines } = logger({ format: 'pretty' });
    partLogger(root, 'capture').warn('no camera');
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d+\] WARN: capture: no camera\n$/);
  });

  test('auto is JSON where no terminal is, on standard error, and the last line before an exit is kept', () => {
    const script = `
      import { createLogger } from '${program('log')}';
      createLogger({ level: 'info', levels: {}, format: 'auto' }).fatal('last words');
      process.exit(3);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([3, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 60,
      msg: 'last words',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

describe('priorities for the journal', () => {
  test('go before each line, of a readable log too', () => {
    const { dev, ino } = fstatSync(2, { bigint: true });
    const journal = { JOURNAL_STREAM: `${dev}:${ino}` };
    const json = logger({ level: 'trace' }, journal);
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
      json.root[level](level);
    expect(json.lines.map(line => line.slice(0, 3))).toEqual(['<7>', '<7>', '<6>', '<4>', '<3>', '<2>']);
    expect(JSON.parse(json.lines.at(-1)?.slice(3) ?? '')).toMatchObject({ msg: 'fatal' });
    const pretty = logger({ format: 'pretty' }, journal);
    pretty.root.error({ err: new SurfwatchError('config-invalid', 'site is wrong') }, 'stopped');
    const lines = pretty.lines.join('').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.every(line => line.startsWith('<3>'))).toBe(true);
  });

  /** What goes to the standard error of a process, which is a file here. */
  async function written(script: string, journal: (stream: string) => string) {
    const path = join(await temporaryFolder(), 'stderr');
    const fd = openSync(path, 'w');
    const { dev, ino } = fstatSync(fd, { bigint: true });
    const env = { PATH: process.env.PATH, JOURNAL_STREAM: journal(`${dev}:${ino}`) };
    const given = ['--input-type=module', '-e', script];
    spawnSync(process.execPath, given, { env, stdio: ['ignore', 'ignore', fd] });
    closeSync(fd);
    return readFileSync(path, 'utf8');
  }

  test('are there where the journal reads the log, and only there', async () => {
    const script = `
      import { createLogger } from '${program('log')}';
      const options = { level: 'info', levels: {}, format: 'auto' };
      createLogger(options, undefined, undefined, process.env).warn('x');`;
    expect(await written(script, stream => stream)).toMatch(/^<4>\{"level":40,/);
    expect(await written(script, () => '8:4711')).toMatch(/^\{"level":40,/);
  });

  test('are before the last words of a command', async () => {
    const script = `
      import { exitOnError } from '${program('exit')}';
      import { SurfwatchError } from '${program('errors')}';
      await exitOnError(async () => { throw new SurfwatchError('config-invalid', 'site is wrong'); });`;
    const [said = '', remedy = ''] = (await written(script, stream => stream)).split('\n');
    expect(said).toBe('<3>config-invalid: site is wrong');
    expect(remedy).toMatch(/^<3>\w/);
  });
});

test('tells the codes of the errors that are logged, not of those below its level', () => {
  const codes: string[] = [];
  const options = { level: 'info', levels: {}, format: 'json' } as const;
  const log = partLogger(
    createLogger(options, { write: () => undefined }, code => codes.push(code)),
    'capture',
  );
  log.warn({ err: new SurfwatchError('camera-timeout', 'x') }, 'lost');
  log.debug({ err: new SurfwatchError('disk-full', 'x') }, 'not logged');
  log.error({ err: new Error('plain') }, 'other');
  expect(codes).toEqual(['camera-timeout']);
});
