import { describe, expect, test } from 'vitest';
import {
  basicAuthorization,
  digestAuthorization,
  parseChallenges,
  strongest,
} from '../../src/capture/http-auth.ts';
import { fc } from '../support/fast-check.ts';

/** RFC 7616, 3.9.1. */
const HEADER =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ' +
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const LOGIN = { username: 'Mufasa', password: 'Circle of Life' };
const REQUEST = {
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

describe('RFC 7616, 3.9.1: the example', () => {
  test.each([
    ['sha-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ['md5', '8ca523f5e9506fed4657c9700eebdbec'],
  ])('%s', (algorithm, response) => {
    const challenge = parseChallenges(HEADER).find(one => one.params.algorithm?.toLowerCase() === algorithm);
    expect(challenge).toBeDefined();
    const answer = parseChallenges(
      digestAuthorization(challenge ?? { scheme: '', params: {} }, LOGIN, REQUEST),
    );
    expect(answer).toEqual([
      {
        scheme: 'digest',
        params: {
          ...{ username: 'Mufasa', realm: 'http-auth@example.org', uri: '/dir/index.html', qop: 'auth' },
          ...{ algorithm: algorithm.toUpperCase(), nonce: challenge?.params.nonce, nc: '00000001' },
          ...{ cnonce: REQUEST.cnonce, response, opaque: challenge?.params.opaque },
        },
      },
    ]);
  });

  test('the stronger of the two is chosen', () => {
    expect(strongest(parseChallenges(HEADER))?.params.algorithm).toBe('SHA-256');
  });
});

test('RFC 2617, 3.5: an older server, which names no algorithm', () => {
  const [challenge = { scheme: '', params: {} }] = parseChallenges(
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
  );
  const login = { username: 'Mufasa', password: 'Circle Of Life' };
  expect(digestAuthorization(challenge, login, { ...REQUEST, cnonce: '0a4f113b' })).toContain(
    'response="6629fae49393a05397450978507c4ef1"',
  );
});

test('RFC 2069: without qop there is neither a count nor a nonce of the client', () => {
  const [challenge = { scheme: '', params: {} }] = parseChallenges('Digest realm="a", nonce="b"');
  const answer = digestAuthorization(challenge, LOGIN, REQUEST);
  expect(answer).not.toMatch(/qop|nc=|cnonce/);
});

describe('challenges', () => {
  test('several schemes in one header, or in several', () => {
    const parsed = [
      { scheme: 'negotiate', params: {} },
      { scheme: 'basic', params: { realm: 'a "b", c' } },
      { scheme: 'digest', params: { nonce: 'x', stale: 'true' } },
    ];
    const headers = ['Negotiate', 'Basic realm="a \\"b\\", c"', 'DIGEST Nonce=x , stale = true'];
    expect(parseChallenges(headers)).toEqual(parsed);
    expect(parseChallenges(headers.join(','))).toEqual(parsed);
    expect(parseChallenges(undefined)).toEqual([]);
  });

  test('digest before basic, and none that cannot be answered', () => {
    const choose = (header: string) => strongest(parseChallenges(header))?.scheme;
    expect(choose('Basic realm="a", Digest nonce="b"')).toBe('digest');
    expect(choose('Basic realm="a", Digest nonce="b", qop="auth-int"')).toBe('basic');
    expect(choose('Basic realm="a", Digest nonce="b", algorithm=SHA-512-256')).toBe('basic');
    expect(choose('NTLM')).toBeUndefined();
  });

  test('any text is read without an error', () => {
    const text = fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes).toString('latin1'));
    fc.assert(fc.property(text, header => Array.isArray(parseChallenges(header))));
  });

  test('any realm and name comes back as it was', () => {
    const text = fc.string({ unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(text, text, (realm, username) => {
        const challenge = { scheme: 'digest', params: { realm, nonce: 'n' } };
        const [answer] = parseChallenges(
          digestAuthorization(challenge, { username, password: 'p' }, REQUEST),
        );
        expect(answer?.params).toMatchObject({ realm, username });
      }),
    );
  });
});

test('basic, with letters beyond ASCII (RFC 7617, 2.1)', () => {
  expect(basicAuthorization({ username: 'test', password: '123£' })).toBe('Basic dGVzdDoxMjPCow==');
});
