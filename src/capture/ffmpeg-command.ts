/** The arguments ffmpeg is started with, and what its end means. */
import { SurfwatchError } from '../errors.ts';
import { parseUrl } from './credentials.ts';
import type { FfmpegOptions } from './options.ts';

/** mjpeg's scale of 2 (best) to 31: 3 shows no blocks on small riders. */
const QUALITY = 3;

/**
 * What ffmpeg may open on behalf of each kind of input: a playlist from the network must not read local files,
 * nor a local one reach out.
 */
const PROTOCOLS = {
  rtsp: 'rtp,udp,tcp,tls,crypto',
  http: 'http,https,tcp,tls,crypto,data',
  file: 'file,crypto,data',
} as const;

export type InputKind = 'rtsp' | 'http' | 'device' | 'file';

export function inputKind(input: string): InputKind {
  if (/^rtsps?:/i.test(input)) return 'rtsp';
  if (/^https?:/i.test(input)) return 'http';
  return /^\/dev\/video\d+$/.test(input) || input.startsWith('/dev/v4l/') ? 'device' : 'file';
}

/** @param options checked before. */
export function ffmpegArguments(options: FfmpegOptions): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...decoderArguments(options),
    ...inputArguments(options),
    ...['-an', '-sn', '-dn', '-vf', filters(options)],
    ...['-c:v', 'mjpeg', '-q:v', String(QUALITY), '-f', 'image2pipe', 'pipe:1'],
  ];
}

function decoderArguments({ hwaccel }: FfmpegOptions): string[] {
  if (hwaccel === null) return [];
  return hwaccel === 'v4l2m2m' ? ['-c:v', 'h264_v4l2m2m'] : ['-hwaccel', hwaccel];
}

function inputArguments(options: FfmpegOptions): string[] {
  const kind = inputKind(options.input);
  if (kind === 'device') return ['-f', 'v4l2', '-i', options.input];
  const allow = ['-protocol_whitelist', PROTOCOLS[kind]];
  if (kind === 'rtsp') return [...allow, '-rtsp_transport', options.rtspTransport, '-i', withUser(options)];
  if (kind === 'http') return [...allow, '-i', withUser(options)];
  const pace = options.realtime ? ['-re'] : [];
  const repeat = options.loop ? ['-stream_loop', '-1'] : [];
  // The prefix keeps a file's name from being read as a protocol or an option.
  return [...allow, ...pace, ...repeat, '-i', `file:${options.input}`];
}

function filters({ fps, maxWidth }: FfmpegOptions): string {
  const scale = maxWidth === 0 ? [] : [`scale='min(${maxWidth},iw)':-2`];
  return [`fps=${fps}`, ...scale].join(',');
}

function withUser({ input, username, password }: FfmpegOptions): string {
  const url = parseUrl(input);
  if (url === undefined || username === null) return input;
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password ?? '');
  return url.href;
}

/**
 * Why ffmpeg ended, sorted into what a user can do about it.
 *
 * @param how 'ended with 1', 'ended by SIGKILL'.
 * @param stderr its last lines, without credentials.
 */
export function explainEnd(origin: string, how: string, stderr: string): SurfwatchError {
  const code = REASONS.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'camera-failed';
  return new SurfwatchError(code, `${origin}: ffmpeg ${how}${stderr === '' ? '' : `: ${stderr}`}`);
}

const REASONS = [
  [/401 Unauthorized|403 Forbidden|authorization failed/i, 'camera-unauthorized'],
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
] as const satisfies [RegExp, ConstructorParameters<typeof SurfwatchError>[0]][];
