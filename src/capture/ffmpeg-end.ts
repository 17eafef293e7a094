/** What the end of ffmpeg means. */
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import { redact, withoutCredentials } from './credentials.ts';
import { inputKind, urlWithUser } from './ffmpeg-command.ts';
import type { FfmpegOptions } from './options.ts';
import { lastLines, type ProgramEnd } from './program-run.ts';
import { EndOfFrames } from './source.ts';

const REASONS = [
  [/401 Unauthorized|403 Forbidden|authorization failed/i, 'camera-unauthorized'],
  [/Device or resource busy/i, 'camera-busy'],
  [/Permission denied|Operation not permitted/i, 'camera-forbidden'],
  [/404 Not Found|No such file|No such device/i, 'camera-missing'],
  [
    /Connection (refused|timed out|reset)|No route to host|unreachable|resolve|not known|Input\/output error/i,
    'camera-unreachable',
  ],
  [
    /Invalid data found|does not contain any stream|Protocol not found|not on whitelist/i,
    'camera-bad-response',
  ],
] as const satisfies [RegExp, ErrorCode][];

/** Why ffmpeg ended, sorted into what a user can do about it; its words without credentials. */
export function explainFfmpeg(options: FfmpegOptions, { how, clean, pictures, stderr }: ProgramEnd): Error {
  const { input, password } = options;
  const origin = withoutCredentials(input);
  if (clean && pictures && inputKind(input) === 'file') {
    return new EndOfFrames(`${origin}: the video is over`);
  }
  const plain = stderr.replaceAll(urlWithUser(options), origin).replaceAll(input, origin);
  const said = lastLines(redact(plain, [password]));
  const code = REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? 'camera-failed';
  return new SurfwatchError(code, `${origin}: ffmpeg ${how}${said === '' ? '' : `: ${said}`}`);
}

const HARDWARE =
  /hwaccel|AVHW|Device (?:creation|setup) failed|No device available for decoder|_v4l2m2m|opening decoder|Unknown decoder|Impossible to convert/i;

/** Whether the decoder's hardware is to blame. */
export function isHardwareFault(reason: unknown): boolean {
  return reason instanceof SurfwatchError && HARDWARE.test(reason.message);
}

const NETWORK: ReadonlySet<ErrorCode> = new Set([
  'camera-unauthorized',
  'camera-unreachable',
  'camera-program-missing',
  'camera-busy',
]);

/** Whether the stream could not be reached, so that nothing is known about its decoder. */
export function isNetworkFault(reason: unknown): boolean {
  if (!(reason instanceof SurfwatchError) || isHardwareFault(reason)) return false;
  return NETWORK.has(reason.code) || / 404 /.test(reason.message);
}
