/** A camera that answers a GET request with its present picture. */
import { randomBytes } from 'node:crypto';
import { Agent, type Dispatcher, errors, request } from 'undici';
import { type ErrorCode, messageOf, SurfwatchError } from '../errors.ts';
import { checkHttpOptions } from './check-options.ts';
import { redact, withoutCredentials } from './credentials.ts';
import {
  basicAuthorization,
  type Challenge,
  digestAuthorization,
  type Login,
  parseChallenges,
  strongest,
} from './http-auth.ts';
import { readPicture } from './http-body.ts';
import type { HttpOptions } from './options.ts';
import type { FrameSource, Picture } from './source.ts';

/** A camera that moved to HTTPS needs one, one behind a proxy another. */
const MAX_REDIRECTS = 3;
/** No camera's JPEG comes near; a stream that is none ends here. */
const MAX_BYTES = 20_971_520;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fetches a picture a grab. Keeps its connection, and how the camera wants to be logged in to. */
export class HttpSource implements FrameSource {
  readonly kind = 'http';
  /** Always 0: a picture is only fetched when one is asked for. */
  readonly dropped = 0;
  readonly #options: HttpOptions;
  readonly #home: URL;
  readonly #login: Login | undefined;
  #agent: Agent | undefined;
  #challenge: Challenge | undefined;
  /** Requests that used the present challenge. */
  #count = 0;

  /** @throws SurfwatchError `camera-option-refused` */
  constructor(options: HttpOptions) {
    checkHttpOptions(options);
    this.#options = options;
    this.#home = new URL(options.url);
    this.#login = loginOf(options, this.#home);
    this.#home.username = '';
    this.#home.password = '';
  }

  /** @throws SurfwatchError `camera-unauthorized`, `-unreachable`, `-missing`, `-bad-response` or `-failed` */
  async grab(signal: AbortSignal): Promise<Picture> {
    const origin = withoutCredentials(this.#home.href);
    try {
      const response = await this.#follow(signal);
      return { bytes: await readPicture(response, origin, MAX_BYTES), origin };
    } catch (error) {
      signal.throwIfAborted();
      throw transportFailure(origin, error, [this.#options.password, this.#login?.password ?? null]);
    }
  }

  async close(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    this.#challenge = undefined;
    await agent?.destroy();
  }

  async #follow(signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    let url = this.#home;
    for (let hops = 0; ; hops++) {
      const response = await this.#askWithLogin(url, signal);
      if (response.statusCode >= 200 && response.statusCode < 300) return response;
      await response.body.dump({ limit: 64 * 1024, signal });
      const origin = withoutCredentials(url.href);
      if (!REDIRECTS.has(response.statusCode)) throw statusFailure(origin, response.statusCode);
      if (hops === MAX_REDIRECTS) {
        throw new SurfwatchError('camera-bad-response', `${origin}: redirected more than ${hops} times`);
      }
      url = redirectTarget(url, response.headers.location);
    }
  }

  /** Asks, and asks again with the login where the camera wants one. Another host never gets it. */
  async #askWithLogin(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const login = url.origin === this.#home.origin ? this.#login : undefined;
    const response = await this.#ask(url, signal, login);
    if (response.statusCode !== 401 || login === undefined) return response;
    // The challenge known so far has expired, or there was none.
    this.#challenge = strongest(parseChallenges(response.headers['www-authenticate']));
    this.#count = 0;
    if (this.#challenge === undefined) return response;
    await response.body.dump({ limit: 64 * 1024, signal });
    const answer = await this.#ask(url, signal, login);
    // Cameras lock out whoever tries a wrong password too often: not to be sent unasked next time.
    if (answer.statusCode === 401) this.#challenge = undefined;
    return answer;
  }

  #ask(url: URL, signal: AbortSignal, login: Login | undefined): Promise<Dispatcher.ResponseData> {
    // The camera's own time-out rules: a slow camera may have been given minutes.
    this.#agent ??= new Agent({
      connect: { rejectUnauthorized: !this.#options.allowSelfSigned },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const authorization = this.#authorization(url, login);
    return request(url, {
      dispatcher: this.#agent,
      signal,
      headers: {
        accept: 'image/*, multipart/x-mixed-replace',
        'cache-control': 'no-cache',
        'user-agent': 'surfwatch',
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
  }

  #authorization(url: URL, login: Login | undefined): string | undefined {
    if (login === undefined || this.#challenge === undefined) return undefined;
    if (this.#challenge.scheme === 'basic') return basicAuthorization(login);
    this.#count += 1;
    return digestAuthorization(this.#challenge, login, {
      method: 'GET',
      uri: url.pathname + url.search,
      count: this.#count,
      cnonce: randomBytes(16).toString('hex'),
    });
  }
}

function loginOf({ username, password }: HttpOptions, url: URL): Login | undefined {
  if (username !== null) return { username, password: password ?? '' };
  if (url.username === '') return undefined;
  return {
    username: decode(url.username),
    password: password ?? decode(url.password),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function redirectTarget(from: URL, location: string | string[] | undefined): URL {
  const origin = withoutCredentials(from.href);
  const text = [location].flat()[0];
  if (text === undefined || !URL.canParse(text, from.href)) {
    throw new SurfwatchError('camera-bad-response', `${origin}: redirected to nowhere`);
  }
  const to = new URL(text, from);
  const secure = to.protocol === 'https:';
  if (!secure && (to.protocol !== 'http:' || from.protocol === 'https:')) {
    throw new SurfwatchError(
      'camera-bad-response',
      `${origin}: redirected to ${to.protocol}, which is refused`,
    );
  }
  to.username = '';
  to.password = '';
  return to;
}

/** An answer that is no success. */
function statusFailure(origin: string, status: number): SurfwatchError {
  const say = (code: ErrorCode, reason: string) =>
    new SurfwatchError(code, `${origin}: ${reason} (HTTP ${status})`);
  if (status === 401 || status === 403) return say('camera-unauthorized', 'the camera refused the login');
  if (status === 404 || status === 410) return say('camera-missing', 'there is no such address');
  if (status >= 500) return say('camera-failed', 'the camera reports a fault of its own');
  return say('camera-bad-response', 'not a picture');
}

/** Any other failure: of the network, of TLS, of the protocol. One that has a code already is left alone. */
function transportFailure(
  origin: string,
  error: unknown,
  secrets: readonly (string | null)[],
): SurfwatchError {
  if (error instanceof SurfwatchError) return error;
  const reason = String((error as { code?: unknown }).code ?? '');
  const message = `${origin}: ${redact(messageOf(error), secrets) || reason}`;
  // No cause: it may quote the request, and with it the login.
  if (/CERT|SSL|TLS/.test(reason)) {
    const hint = 'the certificate is not trusted (camera.http.allowSelfSigned accepts it)';
    return new SurfwatchError('camera-unreachable', `${message}: ${hint}`);
  }
  const notHttp = error instanceof errors.HTTPParserError;
  return new SurfwatchError(notHttp ? 'camera-bad-response' : 'camera-unreachable', message);
}
