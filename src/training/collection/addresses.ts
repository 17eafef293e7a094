/** Which addresses may be fetched: pictures' addresses come from strangers, who could point at one's own network. */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { FetchFailure } from './failure.ts';

/** Whether an IP address is one of the public internet; the own machine too where tests allow it. */
export function isPublic(address: string, allowLoopback: boolean): boolean {
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (allowLoopback && range === 'loopback');
}

/** Whether a URL names the own machine. */
export function isLoopback(url: URL): boolean {
  const host = bareHost(url);
  return host === 'localhost' || (isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback');
}

/**
 * The address to fetch: https, at its usual port, without a login, not by the number of a machine in a private network.
 * http is raised to https. What names resolve to is checked by {@link guardedLookup} when the connection is made.
 *
 * @throws FetchFailure `refused`
 */
export function checkedAddress(text: string, from: URL | undefined, allowLoopback: boolean): URL {
  if (!URL.canParse(text, from?.href)) throw new FetchFailure('refused', `${text} is no address`);
  const url = new URL(text, from?.href);
  if (allowLoopback && isLoopback(url) && /^https?:$/.test(url.protocol)) return url;
  if (url.protocol === 'http:' && url.port === '') url.protocol = 'https:';
  const refuse = (why: string) => new FetchFailure('refused', `${url.origin}: ${why}`);
  if (url.protocol !== 'https:') throw refuse(`${url.protocol} is refused, https is wanted`);
  if (url.port !== '') throw refuse('an unusual port is refused');
  if (url.username !== '' || url.password !== '') throw refuse('a login in an address is refused');
  const host = bareHost(url);
  if (isLoopback(url) || (isIP(host) !== 0 && !isPublic(host, false))) {
    throw refuse('an address of a private network is refused');
  }
  return url;
}

/** Resolves a name to its public addresses alone, at the very moment they are connected to. */
export function guardedLookup(allowLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, [], 0);
        return;
      }
      const allowed = found.filter(({ address }) => isPublic(address, allowLoopback));
      const [first] = allowed;
      if (first === undefined) {
        callback(new FetchFailure('refused', `${hostname} is in a private network, which is refused`), [], 0);
      } else if (options.all === true) {
        callback(null, allowed);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
