/** Downloads a model file into memory: nothing reaches the disk before its SHA-256 is known to be right. */
import { lookup as lookupAny } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { messageOf, SurfwatchError } from '../../errors.ts';

export interface DownloadOptions {
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Called with each part: bytes so far, and in all where the server says so. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

const MAX_REDIRECTS = 5;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Addresses that only this machine or its own network reaches (RFC 6890). */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** Whether an IP address is of this machine or of its own network. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * @param address `https:`; `http:` for this machine alone
 * @throws SurfwatchError `download-refused`, `download-failed`
 */
export async function download(address: string, options: DownloadOptions): Promise<Buffer> {
  let url = parse(address);
  const trusted = url.origin;
  // The host that was asked for may be one's own; a redirect may not lead into one's own network.
  const guarded = new Agent({ connect: { lookup: publicOnly } });
  const plain = new Agent();
  try {
    for (let hops = 0; ; hops++) {
      const response = await ask(url, url.origin === trusted ? plain : guarded, options);
      const { statusCode, headers, body } = response;
      if (statusCode === 200) return await readBody(response, url, options);
      await body.dump({ limit: 64 * 1024 });
      const location = [headers.location].flat()[0];
      if (statusCode < 300 || statusCode > 399 || location === undefined) {
        throw new SurfwatchError('download-failed', `${url.href}: the server answers ${statusCode}`);
      }
      if (hops === MAX_REDIRECTS) {
        throw new SurfwatchError('download-failed', `${address}: redirected more than ${hops} times`);
      }
      url = redirected(url, location, trusted);
    }
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    throw new SurfwatchError('download-failed', `${url.href}: ${messageOf(error)}`, { cause: error });
  } finally {
    await Promise.all([guarded.destroy(), plain.destroy()]);
  }
}

function ask(url: URL, dispatcher: Agent, { signal }: DownloadOptions): Promise<Dispatcher.ResponseData> {
  return request(url, {
    dispatcher,
    signal: signal ?? null,
    headers: { 'user-agent': 'surfwatch' },
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
}

async function readBody(
  { headers, body }: Dispatcher.ResponseData,
  url: URL,
  { maxBytes, onProgress }: DownloadOptions,
): Promise<Buffer> {
  const length = Number([headers['content-length']].flat()[0] ?? Number.NaN);
  const total = Number.isFinite(length) ? length : undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new SurfwatchError('download-refused', `${url.href} is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
    onProgress?.(size, total);
  }
  return Buffer.concat(chunks);
}

function parse(address: string): URL {
  if (!URL.canParse(address)) throw new SurfwatchError('download-refused', `${address} is no address`);
  const url = new URL(address);
  const fits = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!fits || url.username !== '' || url.password !== '') {
    throw new SurfwatchError(
      'download-refused',
      `${url.host} over ${url.protocol} is no address to download from`,
    );
  }
  return url;
}

/** Stays at the first host, or goes on by https to a public one. */
function redirected(from: URL, location: string, trusted: string): URL {
  const refuse = (why: string) =>
    new SurfwatchError('download-refused', `${from.href}: redirected to ${why}, which is refused`);
  if (!URL.canParse(location, from.href)) throw refuse(JSON.stringify(location));
  const to = new URL(location, from);
  if (to.origin === trusted) return to;
  const host = to.hostname.replace(/^\[|\]$/g, '');
  if (to.protocol !== 'https:') throw refuse(`${to.protocol}//${to.host}`);
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw refuse(to.host);
  return to;
}

type Lookup = typeof lookupAny;

/** A name that resolves to a private address is as good as the address itself. */
const publicOnly = ((hostname: string, options: object, callback: (...args: unknown[]) => void) => {
  lookupAny(hostname, { ...options, all: true }, (error, addresses) => {
    const hidden = addresses?.find(({ address }) => isPrivateAddress(address));
    const [first] = addresses ?? [];
    if (error !== null) callback(error);
    else if (hidden !== undefined || first === undefined) {
      callback(
        new SurfwatchError('download-refused', `${hostname} is ${hidden?.address}: not a public host`),
      );
    } else if ('all' in options && options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
}) as Lookup;
