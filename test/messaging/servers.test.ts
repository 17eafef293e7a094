import { expect, it } from 'vitest';
import { loginOf, urlWithoutLogin } from '../../src/messaging/servers.ts';

it('takes a login from the address, with a % as it is or as an escape', () => {
  expect(loginOf('mqtt://anna:low%20tide@localhost')).toEqual({ username: 'anna', password: 'low tide' });
  expect(loginOf('mqtt://anna:100%@localhost')).toEqual({ username: 'anna', password: '100%' });
  expect(loginOf('mqtt://anna:secret@localhost', 'ben', 'other')).toEqual({
    username: 'ben',
    password: 'other',
  });
  expect(loginOf('mqtt://localhost')).toEqual({});
  expect(urlWithoutLogin('mqtt://anna:100%@localhost:1883')).toBe('mqtt://localhost:1883');
});
