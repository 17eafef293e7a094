/** Clients that mean harm, and a real daemon that goes on. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { until } from '../support/until.ts';
import { ask, listen, loggedIn, SMALL, suiteServed } from './support.ts';

const GIGABYTE = 2 ** 30;
/** What the kernel and the server hold of a connection, and more. */
const NEXT_TO_NOTHING = 2 ** 26;
const GUESSES = 500;

describe('a daemon on a network', () => {
  const served = suiteServed([...SMALL, 'web.operatePassword=do']);
  const socket = () => {
    const opened = connect(Number(new URL(served().url).port), '127.0.0.1');
    opened.on('error', () => undefined);
    onTestFinished(() => void opened.destroy());
    return opened;
  };

  it('serves the others while twenty viewers read nothing', async () => {
    const operator = await loggedIn(served().url, 'do');
    for (let viewer = 0; viewer < 20; viewer++) {
      const silent = socket();
      silent.pause();
      silent.write(`GET /api/live HTTP/1.1\r\nhost: localhost\r\ncookie: ${operator.cookie}\r\n\r\n`);
    }
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const told = await listen(served().url, ending.signal, operator);
    await until(() => told.filter(({ event }) => event === 'frame').length >= 5, 'frames');
    expect((await ask(served().url, 'POST', '/commands/status', {}, operator)).status).toBe(200);
  });

  it('reads next to nothing of a gigabyte, wherever it is sent', async () => {
    const { paths } = JSON.parse(
      await readFile(join(PACKAGE_ROOT, 'docs', 'schemas', 'openapi.json'), 'utf8'),
    ) as { paths: Record<string, Record<string, unknown>> };
    const targets = Object.entries(paths).flatMap(([path, methods]) =>
      ['post', 'put']
        .filter(method => method in methods)
        .map(method => `${method.toUpperCase()} ${path.replace(/\{.*?\}/, 'label')}`),
    );
    expect(targets.length).toBeGreaterThan(6);
    const { cookie } = await loggedIn(served().url, 'do');
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 0x20), Buffer.from('\r\n')]);
    const upload = async (target: string, login: string) => {
      const sending = socket();
      const head = `host: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n${login}`;
      sending.write(`${target} HTTP/1.1\r\n${head}\r\n`);
      let answer = '';
      sending.on('data', data => {
        answer += data;
      });
      const closed = new Promise<void>(resolve => sending.once('close', () => resolve()));
      let sent = 0;
      while (sent < GIGABYTE && !sending.destroyed && sending.writable) {
        sent += chunk.length;
        if (sending.write(chunk)) continue;
        await Promise.race([new Promise<void>(resolve => sending.once('drain', resolve)), closed]);
      }
      await closed;
      return { target, status: answer.slice(9, 12), isLittle: sent < NEXT_TO_NOTHING };
    };
    const logins = ['', `cookie: ${cookie}\r\n`];
    const uploads = await Promise.all(targets.flatMap(target => logins.map(login => upload(target, login))));
    // Logging out takes no body, and is answered before it comes.
    const status = expect.stringMatching(/^(200|400|401)$/);
    expect(uploads).toEqual(uploads.map(({ target }) => ({ target, status, isLittle: true })));
    expect((await ask(served().url, 'POST', '/commands/status', {}, { cookie })).status).toBe(200);
  });

  it('answers hundreds of wrong passwords at once, and tries few of them', async () => {
    const operator = await loggedIn(served().url, 'do');
    const statuses = new Map<string, number>();
    const began = performance.now();
    const body = '{"password":"guess"}';
    const guess = `POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    // Without waiting for answers, on ten connections.
    for (let connection = 0; connection < 10; connection++) {
      let rest = '';
      socket()
        .on('data', data => {
          const lines = `${rest}${data}`.split('\r\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const [, status] = /HTTP\/1\.1 (\d{3})/.exec(line) ?? [];
            if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        })
        .write(guess.repeat(GUESSES / 10));
    }
    const answered = () => [...statuses.values()].reduce((sum, count) => sum + count, 0);
    await until(() => answered() >= GUESSES / 5, 'the first answers', 120_000);
    expect((await ask(served().url, 'POST', '/commands/status', {}, operator)).status).toBe(200);
    await until(() => answered() === GUESSES, 'the last answers', 420_000);
    // Five at once, and five a minute.
    const most = 5 + Math.ceil(((performance.now() - began) / 60_000) * 5);
    expect([...statuses.keys()].sort()).toEqual(['401', '429']);
    expect(statuses.get('401')).toBeLessThanOrEqual(most);
    expect(statuses.get('429')).toBeGreaterThanOrEqual(GUESSES - most);
  });
});
