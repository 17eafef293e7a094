import { expect, test } from 'vitest';
import { redact, withoutCredentials } from '../../src/capture/credentials.ts';
import { fc } from '../support/fast-check.ts';

test.each([
  ['http://cam.local/snap.jpg', 'http://cam.local/snap.jpg'],
  ['rtsp://viewer:secret@cam.local:554/live', 'rtsp://cam.local:554/live'],
  ['http://cam.local/snap.jpg?user=viewer&pwd=secret#x', 'http://cam.local/snap.jpg'],
  ['rtsp://viewer:se/cr@et@cam.local/live', 'rtsp://cam.local/live'],
  ['rtsp://viewer:12/secret@cam.local/live', 'rtsp://cam.local/live'],
  ['http://viewer:se?cr#et@cam.local/live', 'http://cam.local/live'],
  ['http://viewer@', 'http://'],
  ['/srv/pictures/a#1@home?.jpg', '/srv/pictures/a#1@home?.jpg'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
});

test('no password of any characters is left in a text', () => {
  const password = fc.string({ minLength: 4, maxLength: 12 }).map(text => `Q${text}Z`);
  const inUrl = password.filter(text => !/[\s'"<>]/.test(text));
  fc.assert(
    fc.property(inUrl, text => {
      const line = `[tcp @ 0x55] Connection to rtsp://viewer:${text}@cam.local:554/live failed`;
      expect(redact(line)).toBe('[tcp @ 0x55] Connection to rtsp://cam.local:554/live failed');
    }),
  );
  fc.assert(
    fc.property(password, text => {
      const line = redact(`login ${text} or ${encodeURIComponent(text)} refused`, [text, null, '']);
      expect(line).toBe('login *** or *** refused');
    }),
  );
});
