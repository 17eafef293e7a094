/** Fetches over HTTP as a guest should: one request at a time, a pause for each host, and away when told to wait. */
import { Agent, type Dispatcher, request } from 'undici';
import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../errors.ts';
import { checkedAddress, guardedLookup } from './addresses.ts';
import { FetchFailure } from './failure.ts';

export interface PoliteOptions {
  readonly userAgent: string;
  /** Milliseconds between the end of a request to a host and the next. */
  readonly intervalOf: (host: string) => number;
  /** For tests: the own machine, and plain http to it. */
  readonly allowLoopback: boolean;
  /** For one request with its redirects and body. */
  readonly timeoutMs: number;
  /** A host that asks for a longer wait is left alone for the rest of the run. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  /** Told of waits that a person would wonder about. */
  readonly onWait: (message: string) => void;
}

const ATTEMPTS = 4;
const STRIKES = 3;
const REDIRECTS = 5;
const RETRY_MAX_MS = 60_000;
/** Where no interval is kept, as for the own machine. */
const RETRY_MIN_MS = 50;
const WORTH_SAYING_MS = 5000;

export class PoliteClient {
  readonly #options: PoliteOptions;
  readonly #agent: Agent;
  /** Monotonic time before which a host is not asked. */
  readonly #free = new Map<string, number>();
  /** Hosts that are not asked again, with the reason. */
  readonly #closed = new Map<string, string>();
  /** Addresses in a row that a host could not give after all tries. */
  readonly #strikes = new Map<string, number>();
  #requests = 0;

  constructor(options: PoliteOptions) {
    this.#options = options;
    this.#agent = new Agent({ connect: { lookup: guardedLookup(options.allowLoopback) }, connections: 1 });
  }

  /** How many were sent. */
  get requests(): number {
    return this.#requests;
  }

  /**
   * The body at an address, after redirects and as many tries as are decent. To be awaited before the next call.
   *
   * @throws FetchFailure; the signal's reason when it aborts
   */
  async get(address: string, accept: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.#follow(address, accept, maxBytes, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FetchFailure)) throw error;
        if (error.kind !== 'later' || error instanceof HostClosed) throw error;
        const { host } = new URL(address);
        if (failures === ATTEMPTS) {
          this.#strike(host, error.message);
          throw error;
        }
        const retryMinMs = Math.max(RETRY_MIN_MS, this.#options.intervalOf(host));
        const wait = backoffMs(failures, { retryMinMs, retryMaxMs: RETRY_MAX_MS });
        this.#postpone(host, wait);
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #strike(host: string, reason: string): void {
    const strikes = (this.#strikes.get(host) ?? 0) + 1;
    this.#strikes.set(host, strikes);
    if (strikes === STRIKES) this.#closeHost(host, `${host} is given up for now: ${reason}`);
  }

  async #follow(address: string, accept: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
    let url = checkedAddress(address, undefined, this.#options.allowLoopback);
    for (let hops = 0; hops <= REDIRECTS; hops++) {
      await this.#turn(url.host, signal);
      const answer = await this.#ask(url, accept, maxBytes, signal);
      if (Buffer.isBuffer(answer)) {
        this.#strikes.delete(url.host);
        return answer;
      }
      url = checkedAddress(answer, url, this.#options.allowLoopback);
    }
    throw new FetchFailure('refused', `${url.origin}: redirected more than ${REDIRECTS} times`);
  }

  async #turn(host: string, signal: AbortSignal): Promise<void> {
    const closed = this.#closed.get(host);
    if (closed !== undefined) throw new HostClosed(closed);
    const { clock, onWait } = this.#options;
    const wait = (this.#free.get(host) ?? 0) - clock.monotonic();
    if (wait > WORTH_SAYING_MS) onWait(`${host}: next try in ${Math.round(wait / 1000)} s`);
    if (wait > 0) await clock.sleep(wait, signal);
  }

  /** The body, or where it is said to be. */
  async #ask(url: URL, accept: string, maxBytes: number, signal: AbortSignal): Promise<Buffer | string> {
    this.#requests += 1;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#options.timeoutMs)]);
    try {
      const { statusCode, headers, body } = await request(url, {
        dispatcher: this.#agent,
        signal: limit,
        headers: { accept, 'accept-encoding': 'identity', 'user-agent': this.#options.userAgent },
      });
      const location = first(headers.location);
      const redirected = statusCode >= 300 && statusCode < 400 && location !== undefined;
      if (statusCode === 200 && !isBusy(statusCode, headers)) return await readBody(body, url, maxBytes);
      await body.dump({ limit: 64 * 1024, signal: limit });
      if (redirected) return location;
      if (isBusy(statusCode, headers)) throw this.#busy(url, statusCode, headers);
      throw new FetchFailure('gone', `${url.origin}: HTTP ${statusCode}`);
    } catch (error) {
      throw this.#asFailure(error, url);
    } finally {
      this.#postpone(url.host, this.#options.intervalOf(url.host));
    }
  }

  #asFailure(error: unknown, { origin, host }: URL): FetchFailure {
    if (error instanceof FetchFailure) return error;
    const message = `${origin}: ${messageOf(error)}`;
    if ((error as { code?: unknown }).code !== 'ENOTFOUND') {
      return new FetchFailure('later', message, { cause: error });
    }
    // No name server will know it a second later.
    return this.#closeHost(host, message);
  }

  #closeHost(host: string, reason: string): HostClosed {
    this.#closed.set(host, reason);
    return new HostClosed(reason);
  }

  #busy({ host }: URL, status: number, headers: Dispatcher.ResponseData['headers']): FetchFailure {
    const { clock, maxWaitMs } = this.#options;
    const wait = retryAfterMs(headers, clock.now());
    if (wait !== null && wait > maxWaitMs) {
      const until = new Date(clock.now() + wait).toISOString();
      return this.#closeHost(host, `${host} wants to be left alone until ${until}`);
    }
    if (wait !== null) this.#postpone(host, wait);
    return new FetchFailure('later', `${host} is busy (HTTP ${status})`);
  }

  #postpone(host: string, ms: number): void {
    const until = this.#options.clock.monotonic() + ms;
    this.#free.set(host, Math.max(until, this.#free.get(host) ?? 0));
  }
}

/** No use in trying again during this run. */
class HostClosed extends FetchFailure {
  constructor(message: string) {
    super('later', message);
  }
}

async function readBody(body: Dispatcher.ResponseData['body'], url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop hangs up.
    if (size > maxBytes) throw new FetchFailure('too-large', `${url.origin}: more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Headers = Dispatcher.ResponseData['headers'];

const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** MediaWiki says so with status 200 (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter). */
const BUSY_WIKI: ReadonlySet<string> = new Set(['maxlag', 'ratelimited']);

/** Whether the server wants to be left alone for a while. */
function isBusy(status: number, headers: Headers): boolean {
  return BUSY.has(status) || BUSY_WIKI.has(first(headers['mediawiki-api-error']) ?? '');
}

/**
 * Milliseconds to wait by `Retry-After` (RFC 9110 § 10.2.3: seconds, or a date), or null where there is none.
 *
 * @param now wall-clock time in milliseconds since the epoch
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const text = first(headers['retry-after'])?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A date has a month's name; Date.parse would take almost anything.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function first(value: string | string[] | undefined): string | undefined {
  return [value].flat()[0];
}
