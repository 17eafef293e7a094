import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import getPort from 'get-port';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HttpSource } from '../../src/capture/http.ts';
import { parseChallenges } from '../../src/capture/http-auth.ts';
import type { HttpOptions } from '../../src/capture/options.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { failure, jpeg, never } from './fixtures.ts';

let picture: Buffer;
beforeAll(async () => {
  picture = await jpeg(70);
});

const OPTIONS: HttpOptions = {
  url: 'http://127.0.0.1/',
  username: null,
  password: null,
  allowSelfSigned: false,
};

function http(options: Partial<HttpOptions>): HttpSource {
  const source = new HttpSource({ ...OPTIONS, ...options });
  onTestFinished(() => source.close());
  return source;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function serve(handler: RequestListener): Promise<string> {
  return `http://${await listen(createServer(handler))}`;
}

function send(response: ServerResponse, body: Buffer | string = picture, type = 'image/jpeg'): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

describe('a snapshot', () => {
  test('is fetched again for each grab, also after close', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests += 1;
      send(response);
    });
    const source = http({ url: `${url}/snap.jpg?user=viewer&pwd=hunter2` });
    expect(await source.grab(never)).toEqual({ bytes: picture, origin: `${url}/snap.jpg` });
    await source.grab(never);
    await source.close();
    await source.close();
    await source.grab(never);
    expect(requests).toBe(3);
  });

  test.each(['', 'application/octet-stream', 'image/pjpeg; charset=binary', 'IMAGE/JPEG'])(
    'sent as %j',
    async type => {
      const url = await serve((_, response) => send(response, picture, type));
      expect((await http({ url }).grab(never)).bytes).toEqual(picture);
    },
  );

  test.each<[string, RequestListener, string, string]>([
    ['404', (_, response) => response.writeHead(404).end(), 'camera-missing', '404'],
    ['403', (_, response) => response.writeHead(403).end(), 'camera-unauthorized', '403'],
    ['500', (_, response) => response.writeHead(500).end('oops'), 'camera-failed', '500'],
    ['418', (_, response) => response.writeHead(418).end(), 'camera-bad-response', '418'],
    [
      'a web page',
      (_, response) => send(response, '<html>', 'text/html'),
      'camera-bad-response',
      'text/html',
    ],
    ['no bytes', (_, response) => send(response, ''), 'camera-bad-response', '0 bytes'],
    ['garbage', (_, response) => send(response, 'x'.repeat(99)), 'camera-bad-response', '99 bytes'],
    ['hangs up', (_, response) => response.destroy(), 'camera-unreachable', ''],
    [
      'hangs up half-way',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': '9999' });
        response.write(picture, () => response.destroy());
      },
      'camera-unreachable',
      '',
    ],
  ])('%s', async (_, handler, code, message) => {
    const url = await serve(handler);
    expect((await failure(code, http({ url }).grab(never))).message).toContain(message);
  });

  test('larger than allowed: hung up, whatever the length it announced', async () => {
    let open = 0;
    const url = await serve((_, response) => {
      open += 1;
      response.on('close', () => {
        open -= 1;
      });
      response.writeHead(200, { 'content-type': 'image/jpeg' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65536)));
      };
      response.on('drain', more);
      more();
    });
    const error = await failure('camera-bad-response', http({ url }).grab(never));
    expect(error.message).toContain('larger than 20971520 bytes');
    await until(() => open === 0);
  });

  test('nobody there', async () => {
    const source = http({ url: `http://127.0.0.1:${await getPort()}/` });
    await failure('camera-unreachable', source.grab(never));
    await failure('camera-unreachable', http({ url: 'http://camera.invalid/' }).grab(never));
  });

  test('not HTTP at all', async () => {
    const server = createTcpServer(socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n').on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await failure('camera-bad-response', http({ url: `http://127.0.0.1:${port}/` }).grab(never));
  });

  test.each<[string, RequestListener]>([
    ['before the answer', () => {}],
    [
      'within the picture',
      (_, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).write('x'),
    ],
  ])('hangs %s: ends on abort, and the connection is closed', async (_, handler) => {
    const requests: IncomingMessage[] = [];
    const url = await serve((request, response) => {
      requests.push(request);
      handler(request, response);
    });
    const limit = new AbortController();
    const grab = http({ url }).grab(limit.signal);
    await until(() => requests.length === 1);
    limit.abort(new Error('time is up'));
    await expect(grab).rejects.toThrow('time is up');
    await until(() => requests[0]?.socket.destroyed);
  });
});

describe('an MJPEG stream', () => {
  test('gives its first picture and is hung up', async () => {
    let open = 0;
    const url = await serve((_, response) => {
      open += 1;
      response.on('close', () => {
        open -= 1;
      });
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary="frame"' });
      const part = () => response.write(`--frame\r\nContent-Type: image/jpeg\r\n\r\n`);
      part();
      response.write(picture.subarray(0, 100));
      setTimeout(() => {
        response.write(picture.subarray(100));
        part();
      }, 30);
    });
    const source = http({ url });
    expect((await source.grab(never)).bytes).toEqual(picture);
    await until(() => open === 0);
    expect((await source.grab(never)).bytes).toEqual(picture);
  });

  test('of something else is refused when it has sent enough', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      const timer = setInterval(() => response.write('x'.repeat(1_000_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    await failure('camera-bad-response', http({ url }).grab(never));
  });
});

describe('redirects', () => {
  test('are followed, relative ones too, as often as allowed', async () => {
    const url = await serve((request, response) => {
      const step = Number(request.url?.slice(1));
      if (step === 4) send(response);
      else response.writeHead(302, { location: `/${step + 1}` }).end('moved');
    });
    expect((await http({ url: `${url}/1` }).grab(never)).bytes).toEqual(picture);
    const error = await failure('camera-bad-response', http({ url: `${url}/0` }).grab(never));
    expect(error.message).toContain('more than 3');
  });

  test.each(['file:///etc/passwd', 'ftp://camera/x', 'data:image/png,x', 'http://', ''])(
    'to %j are refused',
    async location => {
      const url = await serve((_, response) => response.writeHead(301, { location }).end());
      await failure('camera-bad-response', http({ url }).grab(never));
    },
  );

  test('take the login along on the same host only', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="phishing"' }).end();
    });
    let target = '/picture';
    const url = await serve((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
      } else if (request.url === '/picture') send(response);
      else response.writeHead(307, { location: target }).end();
    });
    const source = http({ url: `${url}/start`, username: 'viewer', password: 'hunter2' });
    expect((await source.grab(never)).bytes).toEqual(picture);
    target = `${other}/steal`;
    await failure('camera-unauthorized', source.grab(never));
    target = other.replace('//', '//viewer:hunter2@');
    await failure('camera-unauthorized', source.grab(never));
    expect(seen).toEqual([undefined, undefined]);
  });
});

describe('logging in', () => {
  const LOGIN = { username: 'viewer', password: 'se:cr"et\\ ü' };

  /** A server that checks digest answers by the book, and forgets each nonce after `uses` requests. */
  async function digestServer(algorithm: 'MD5' | 'SHA-256', uses = 1000) {
    let nonce = 0;
    let expected = 1;
    const log: number[] = [];
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const valid = (request: IncomingMessage) => {
      const [given] = parseChallenges(request.headers.authorization);
      if (given?.scheme !== 'digest') return false;
      const { username, realm, uri, nc = '', cnonce, response } = given.params;
      const secret = hash(`${LOGIN.username}:a realm:${LOGIN.password}`);
      const proof = hash(`${secret}:n${nonce}:${nc}:${cnonce}:auth:${hash(`GET:${request.url}`)}`);
      const count = Number.parseInt(nc, 16);
      if (count !== expected || count > uses) return false;
      expected += 1;
      return username === LOGIN.username && realm === 'a realm' && uri === request.url && response === proof;
    };
    const url = await serve((request, response) => {
      const ok = valid(request);
      log.push(ok ? 200 : 401);
      if (ok) return send(response);
      nonce += 1;
      expected = 1;
      const challenge = `Digest realm="a realm", nonce="n${nonce}", algorithm=${algorithm}, qop="auth,auth-int"`;
      response.writeHead(401, { 'www-authenticate': [challenge, 'Basic realm="a realm"'] }).end('no');
    });
    return { url, log };
  }

  test.each(['MD5', 'SHA-256'] as const)('digest with %s: asked once, then known', async algorithm => {
    const { url, log } = await digestServer(algorithm);
    const source = http({ url: `${url}/snap.jpg?channel=1`, ...LOGIN });
    for (let turn = 0; turn < 3; turn++) expect((await source.grab(never)).bytes).toEqual(picture);
    expect(log).toEqual([401, 200, 200, 200]);
  });

  test('digest: an expired nonce is renewed', async () => {
    const { url, log } = await digestServer('SHA-256', 2);
    const source = http({ url, ...LOGIN });
    for (let turn = 0; turn < 4; turn++) await source.grab(never);
    expect(log).toEqual([401, 200, 200, 401, 200, 200]);
  });

  test('a wrong password is sent once a grab, and never shown', async () => {
    const { url, log } = await digestServer('MD5');
    const source = http({ url, username: 'viewer', password: 'hunter2' });
    for (let turn = 0; turn < 2; turn++) {
      expect((await failure('camera-unauthorized', source.grab(never))).message).not.toContain('hunter2');
    }
    expect(log).toEqual([401, 401, 401, 401]);
  });

  test('none given, or none of the schemes known', async () => {
    const { url, log } = await digestServer('MD5');
    await failure('camera-unauthorized', http({ url }).grab(never));
    expect(log).toEqual([401]);
    const strange = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'NTLM' }).end(),
    );
    await failure('camera-unauthorized', http({ url: strange, ...LOGIN }).grab(never));
  });

  test('basic, with the login in the URL', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization) return send(response);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
    });
    const source = http({ url: url.replace('//', '//viewer:50%25%20off@') });
    expect((await source.grab(never)).origin).toBe(`${url}/`);
    await source.grab(never);
    const login = `Basic ${Buffer.from('viewer:50% off').toString('base64')}`;
    expect(seen).toEqual([undefined, login, login]);
  });
});

describe('https', () => {
  async function secure(handler: RequestListener): Promise<string> {
    const folder = await temporaryFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=camera', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], {
      stdio: 'ignore',
    });
    const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, handler);
    return `https://${await listen(server)}`;
  }

  test('a certificate nobody vouches for is refused, unless allowed', async () => {
    const url = await secure((_, response) => send(response));
    expect((await failure('camera-unreachable', http({ url }).grab(never))).message).toContain(
      'allowSelfSigned',
    );
    expect((await http({ url, allowSelfSigned: true }).grab(never)).bytes).toEqual(picture);
  });

  test('a redirect to http is refused', async () => {
    const plain = await serve((_, response) => send(response));
    const url = await secure((_, response) => response.writeHead(302, { location: plain }).end());
    await failure('camera-bad-response', http({ url, allowSelfSigned: true }).grab(never));
  });
});

test.each<Partial<HttpOptions>>([
  { url: '' },
  { url: 'camera.local/snap.jpg' },
  { url: 'file:///etc/passwd' },
  { url: 'ftp://camera/x' },
  { url: 'http://' },
])('refused: %j', options => {
  expect(() => http(options)).toThrow(expect.objectContaining({ code: 'camera-option-refused' }));
});

test('a refused URL is shown without its password', () => {
  expect(() => http({ url: 'ftp://viewer:hunter2@camera/x?pwd=hunter2' })).toThrow(/^(?!.*hunter2)/);
});
