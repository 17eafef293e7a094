import { expect, test } from 'vitest';
import { redactUrls, safeForLog } from '../../src/base/redact.ts';
import { fc } from '../support/fast-check.ts';

test.each([
  ['mqtt://a:b@host:1883', 'mqtt://[secret]@host:1883'],
  [
    'no rtsp://u@cam/1 and http://a:b@c/d?e=f here',
    'no rtsp://[secret]@cam/1 and http://[secret]@c/d?e=f here',
  ],
  ['http://a:b@c@host/', 'http://[secret]@host/'],
  ['http://cam/x?user=a&password=b&size=1', 'http://cam/x?user=a&password=[secret]&size=1'],
  ['http://cam/x?TOKEN=abc', 'http://cam/x?TOKEN=[secret]'],
  ['http://cam/a@b.jpg', 'http://cam/a@b.jpg'],
  ['mail me@example.org', 'mail me@example.org'],
])('%s is shown as %s', (text, shown) => {
  expect(redactUrls(text)).toBe(shown);
});

test('no password of a URL survives', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9:!$*+.~-]{6,20}$/);
  fc.assert(
    fc.property(word, fc.domain(), fc.string(), (password, host, before) => {
      expect(redactUrls(`${before} https://user:${password}QQ@${host}/x`)).not.toContain(`${password}QQ`);
    }),
  );
});

test('secret keys, bytes and depth are left out wherever they are', () => {
  const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } };
  expect(
    safeForLog({
      frame: Buffer.alloc(10),
      pixels: [new Uint8Array(3), new Float32Array(2).buffer],
      mqtt: {
        password: 'x',
        passwordFile: '/p',
        headers: [{ Authorization: 'x', accept: '*' }],
        apiKey: 'x',
      },
      deep,
      when: new Date(0),
    }),
  ).toEqual({
    frame: '[10 bytes]',
    pixels: ['[3 bytes]', '[8 bytes]'],
    mqtt: {
      password: '[secret]',
      passwordFile: '/p',
      headers: [{ Authorization: '[secret]', accept: '*' }],
      apiKey: '[secret]',
    },
    deep: { a: { b: { c: { d: { e: '[…]' } } } } },
    when: new Date(0),
  });
});

test('a value that contains itself ends', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(JSON.stringify(safeForLog(loop))).toContain('[…]');
});
