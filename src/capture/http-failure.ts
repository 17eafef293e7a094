/** What goes wrong in fetching a picture, sorted into what a user can do about it. */
import { errors } from 'undici';
import { type ErrorCode, messageOf, SurfwatchError } from '../errors.ts';
import { redact } from './credentials.ts';

/** An answer that is no success. */
export function statusFailure(origin: string, status: number): SurfwatchError {
  const say = (code: ErrorCode, reason: string) =>
    new SurfwatchError(code, `${origin}: ${reason} (HTTP ${status})`);
  if (status === 401 || status === 403) return say('camera-unauthorized', 'the camera refused the login');
  if (status === 404 || status === 410) return say('camera-missing', 'there is no such address');
  if (status >= 500) return say('camera-failed', 'the camera reports a fault of its own');
  return say('camera-bad-response', 'not a picture');
}

/** Any other failure: of the network, of TLS, of the protocol. One that has a code already is left alone. */
export function transportFailure(
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
