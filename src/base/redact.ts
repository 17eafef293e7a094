/** Keeps secrets and pictures out of everything that is printed or logged. */
import { SurfwatchError } from '../errors.ts';

/** What stands where a secret was. */
export const SECRET = '[secret]';

/** Key names that hold secrets, whatever they hang on. */
const SECRET_KEY =
  /pass(word|wd|phrase)?$|^pw$|secret|token|authorization|cookie|credential|api-?_?key|private-?_?key/i;

/** `user:password@` in a URL, wherever it stands in a text. */
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi;
const SECRET_PARAMETER =
  /([?&](?:pass(?:word|wd)?|pwd|pw|token|secret|auth|key|api_?key|access_token|sig(?:nature)?)=)[^\s&#"'<>]+/gi;

/** The text with the credentials of all URLs in it replaced. */
export function redactUrls(text: string): string {
  return text.replaceAll(USER_INFO, `$1${SECRET}@`).replaceAll(SECRET_PARAMETER, `$1${SECRET}`);
}

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

const DEEPEST = 6;

/** A copy fit for a log: no secret keys, no bytes, errors as plain objects, nothing nested too deep to read. */
export function safeForLog(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Date || value instanceof URL) return value;
  if (depth >= DEEPEST) return '[…]';
  if (Array.isArray(value)) return value.map(entry => safeForLog(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      isSecretKey(key) ? SECRET : safeForLog(entry, depth + 1),
    ]),
  );
}

/** An error as a log shows it. Own fields other than the code stay out: they may hold requests, options or pictures. */
export function plainError(error: Error, depth = 0): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const remedy = error instanceof SurfwatchError ? { remedy: error.remedy } : {};
  const cause =
    error.cause === undefined || depth >= DEEPEST
      ? {}
      : {
          cause:
            error.cause instanceof Error
              ? plainError(error.cause, depth + 1)
              : safeForLog(error.cause, depth + 1),
        };
  const several = error instanceof AggregateError ? { errors: safeForLog(error.errors, depth + 1) } : {};
  return {
    type: error.name,
    ...code,
    message: error.message,
    ...remedy,
    stack: error.stack,
    ...cause,
    ...several,
  };
}
