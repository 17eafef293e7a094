import { describe, expect, test } from 'vitest';
import { checkedAddress, isPublic } from '../../../src/training/collection/addresses.ts';
import type { PoliteClient } from '../../../src/training/collection/polite-client.ts';
import { retryAfterMs } from '../../../src/training/collection/polite-client.ts';
import { startStandIn } from './stand-in.ts';
import { instantClock, politeClient } from './support.ts';

const FOREVER = new AbortController().signal;

function get(client: PoliteClient, address: string, maxBytes = 1000): Promise<string> {
  return client.get(address, '*/*', maxBytes, FOREVER).then(String);
}

describe('a polite client', () => {
  test('keeps its distance between requests to one host, and says who it is', async () => {
    const server = await startStandIn({ answer: (_, response) => Boolean(response.end('hello')) });
    const clock = instantClock();
    const client = politeClient({ clock, intervalOf: () => 1000 });
    for (let index = 0; index < 3; index++) expect(await get(client, server.url)).toBe('hello');
    expect(clock.sleeps).toEqual([1000, 1000]);
    expect([...server.userAgents]).toEqual(['surfwatch/test (me@example.org)']);
    // Another host need not wait for the first.
    await get(client, server.url.replace('127.0.0.1', 'localhost'));
    expect(clock.sleeps).toEqual([1000, 1000]);
  });

  test('waits as long as it is told to, then tries again', async () => {
    const server = await startStandIn({
      answer: (_, response, count) => {
        if (count === 1) response.writeHead(429, { 'retry-after': '7' });
        if (count === 2) response.writeHead(200, { 'retry-after': '5', 'mediawiki-api-error': 'maxlag' });
        if (count === 3) response.writeHead(503, { 'retry-after': 'Mon, 01 Jun 2026 00:00:30 GMT' });
        response.end(count === 4 ? 'at last' : 'busy');
        return true;
      },
    });
    const clock = instantClock();
    expect(await get(politeClient({ clock }), server.url)).toBe('at last');
    expect(clock.sleeps).toEqual([7000, 5000, 18_000]);
  });

  test('backs off further each time, and gives up after four tries', async () => {
    const server = await startStandIn({ answer: (_, response) => Boolean(response.writeHead(502).end()) });
    const clock = instantClock();
    const client = politeClient({ clock, intervalOf: () => 1000 });
    await expect(get(client, server.url)).rejects.toMatchObject({ kind: 'later' });
    expect(server.requests).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = clock.sleeps;
    expect([first >= 1000, second >= 2000, third >= 4000, third <= 8000]).toEqual([true, true, true, true]);
  });

  test('leaves a host alone that wants a long rest, or fails three times', async () => {
    const server = await startStandIn({
      answer: (request, response) => {
        if (request.url === '/rest') response.writeHead(429, { 'retry-after': '7200' });
        else response.writeHead(500);
        response.end();
        return true;
      },
    });
    const resting = politeClient();
    await expect(get(resting, `${server.url}rest`)).rejects.toThrow('until 2026-06-01T02:00:00');
    await expect(get(resting, `${server.url}else`)).rejects.toMatchObject({ kind: 'later' });
    expect(server.requests).toEqual(['/rest']);

    const failing = politeClient();
    for (let index = 0; index < 4; index++)
      await expect(get(failing, `${server.url}${index}`)).rejects.toThrow();
    expect(server.requests.slice(1)).toEqual(['/0', '/1', '/2'].flatMap(path => [path, path, path, path]));
  });

  test('refuses what is too large, even where its length isn’t said', async () => {
    const server = await startStandIn({
      answer: (_, response) => Boolean(response.end('x'.repeat(100_000))),
    });
    await expect(get(politeClient(), server.url)).rejects.toMatchObject({ kind: 'too-large' });
    await expect(get(politeClient(), server.url, 100_000)).resolves.toHaveLength(100_000);
  });

  test('follows redirects, though not for ever and not into private networks', async () => {
    const server = await startStandIn({
      answer: (request, response) => {
        const to = { '/a': '/b', '/loop': '/loop', '/in': 'http://192.168.0.1/', '/ftp': 'ftp://a.example/' };
        const location = to[request.url as keyof typeof to];
        if (location !== undefined) response.writeHead(302, { location });
        response.end('there');
        return true;
      },
    });
    const client = politeClient();
    expect(await get(client, `${server.url}a`)).toBe('there');
    for (const path of ['loop', 'in', 'ftp']) {
      await expect(get(client, server.url + path)).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(server.requests.filter(path => path === '/loop')).toHaveLength(6);
  });

  test('doesn’t wait for ever for an answer', async () => {
    const server = await startStandIn({ answer: () => true });
    const client = politeClient({ timeoutMs: 60 });
    await expect(get(client, server.url)).rejects.toMatchObject({ kind: 'later' });
  });

  test('stops at once when it is told to', async () => {
    const controller = new AbortController();
    const server = await startStandIn({
      answer: () => {
        controller.abort();
        return true;
      },
    });
    const pending = politeClient().get(server.url, '*/*', 1000, controller.signal);
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toHaveLength(1);
  });

  test('connects to no name that leads into the own network', async () => {
    const server = await startStandIn({});
    const client = politeClient({ allowLoopback: false });
    await expect(get(client, server.url)).rejects.toMatchObject({ kind: 'refused' });
    // A name of the own machine other than localhost, which is caught when it is looked up.
    const name = server.url.replace('http:', 'https:').replace(/127\.0\.0\.1:\d+/, 'a.localhost');
    await expect(get(client, name)).rejects.toThrow(/private network|ENOTFOUND|EAI_AGAIN/);
    expect(server.requests).toEqual([]);
  });
});

describe('addresses', () => {
  test.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://localhost/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://a.example:8443/',
    'http://a.example:8080/',
    'https://user:word@a.example/',
    'ftp://a.example/',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'nonsense',
  ])('%s: refused', address => {
    expect(() => checkedAddress(address, undefined, false)).toThrow(
      expect.objectContaining({ kind: 'refused' }),
    );
  });

  test('plain http is raised to https', () => {
    expect(checkedAddress('http://a.example/1.jpg', undefined, false).href).toBe('https://a.example/1.jpg');
    expect(checkedAddress('/2.jpg', new URL('https://a.example/x/'), false).href).toBe(
      'https://a.example/2.jpg',
    );
  });

  test('with the own machine allowed, other private addresses are still refused', () => {
    expect(checkedAddress('http://127.0.0.1:8080/', undefined, true).port).toBe('8080');
    expect(() => checkedAddress('http://10.0.0.1/', undefined, true)).toThrow();
    expect([isPublic('8.8.8.8', false), isPublic('10.0.0.1', true), isPublic('::1', true)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test.each([
  ['0', 0],
  ['120', 120_000],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 40_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['-1', null],
  ['soon', null],
  ['1.5', null],
  ['', null],
])('Retry-After: %s', (text, wait) => {
  expect(retryAfterMs({ 'retry-after': text }, 60_000)).toBe(wait);
});
