import { expect, it } from 'vitest';
import { ERRORS } from '../../src/errors.ts';
import { checkAnswer, OPENAPI } from '../web/openapi.ts';

it('describes each request once, with whom it is for', () => {
  expect(OPENAPI.openapi).toBe('3.1.0');
  const operations = Object.values(OPENAPI.paths).flatMap(path => Object.values(path));
  expect(operations.length).toBeGreaterThan(12);
  expect(operations.map(({ responses }) => Object.keys(responses))).toEqual(
    operations.map(() => ['200', 'default']),
  );
});

it('tells answers that are right from those that are not', () => {
  const error = { code: 'web-login', message: 'log in first', remedy: ERRORS['web-login'].remedy };
  const session = { role: null, login: true, started: '2026-06-01T07:13:00.000Z', page: 'only' };
  checkAnswer('GET', '/api/session', 200, session);
  checkAnswer('POST', '/api/commands/status', 401, error);
  expect(() => checkAnswer('GET', '/api/session', 200, { ...session, role: 'root' })).toThrow('/role');
  expect(() => checkAnswer('GET', '/api/session', 401, { ...error, code: 'no' })).toThrow('/code');
  expect(() => checkAnswer('GET', '/api/nothing', 200, {})).toThrow('is not in');
});
