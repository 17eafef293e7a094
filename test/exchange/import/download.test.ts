import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download, isPrivateAddress } from '../../../src/exchange/import/download.ts';
import { obtainModelFiles } from '../../../src/exchange/import/obtain.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const body = Buffer.from('weights');
const sha256 = createHash('sha256').update(body).digest('hex');
const options = { maxBytes: 1000 };

describe('download', () => {
  it('gives the bytes, through a redirect at the same host', async () => {
    const seen: (number | undefined)[] = [];
    const home = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end('there');
      else response.writeHead(200, { 'content-length': body.length }).end(body);
    });
    const found = await download(`${home}/a`, {
      ...options,
      onProgress: (bytes, total) => seen.push(bytes, total),
    });
    expect(found).toEqual(body);
    expect(seen).toEqual([body.length, body.length]);
  });

  it.each([
    ['http:', 'http://example.org/weights.h5'],
    ['another protocol', 'ftp://example.org/weights.h5'],
    ['a login', 'https://me:secret@example.org/weights.h5'],
  ])('refuses %s', async (_, address) => {
    const failed = download(address, options);
    await expect(failed).rejects.toMatchObject({ code: 'download-refused' });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
  });

  it.each([
    'http://127.0.0.1:9/x',
    'https://127.0.0.1/x',
    'https://10.1.2.3/x',
    'https://[::1]/x',
    'https://[::ffff:192.168.0.1]/x',
    'https://localhost/x',
    'file:///etc/passwd',
  ])('refuses a redirect to %s', async location => {
    const home = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(download(home, options)).rejects.toMatchObject({ code: 'download-refused' });
  });

  it('refuses more than it may take, and says what the server answers', async () => {
    const large = await serve((_, response) => response.end(Buffer.alloc(2000)));
    await expect(download(large, options)).rejects.toMatchObject({ code: 'download-refused' });
    const absent = await serve((_, response) => response.writeHead(404).end('no'));
    await expect(download(absent, options)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('404'),
    });
    const endless = await serve((_, response) => response.writeHead(301, { location: '/' }).end());
    await expect(download(endless, options)).rejects.toMatchObject({ code: 'download-failed' });
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 500 }).write('half');
      setImmediate(() => response.destroy());
    });
    await expect(download(cut, options)).rejects.toMatchObject({ code: 'download-failed' });
  });

  it('knows the addresses of one’s own network', () => {
    const own = [
      '127.0.0.1',
      '10.0.0.1',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.1.1',
      '100.64.0.1',
      '0.0.0.0',
    ];
    for (const address of [...own, '::1', '::', 'fd00::1', 'fe80::1', '::ffff:10.0.0.1']) {
      expect(isPrivateAddress(address), address).toBe(true);
    }
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8']) {
      expect(isPrivateAddress(address), address).toBe(false);
    }
  });
});

describe('an address', () => {
  it('needs a SHA-256, and the right one', async () => {
    const home = await serve((_, response) => response.end(body));
    await expect(obtainModelFiles(`${home}/w.h5`, undefined)).rejects.toMatchObject({
      code: 'download-refused',
    });
    await expect(obtainModelFiles(`${home}/w.h5`, 'ab'.repeat(32))).rejects.toMatchObject({
      code: 'checksum-mismatch',
    });
    const files = await obtainModelFiles(`${home}/w.h5?x=1`, sha256.toUpperCase());
    expect(files).toMatchObject({ sha256, main: { name: 'w.h5' } });
  });
});
