/** How ffmpeg is started: its arguments, and what must not stand among them. */
import { parseUrl, withoutCredentials } from './credentials.ts';
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

export interface FfmpegCommand {
  readonly args: string[];
  /** What ffmpeg reads from its standard input. */
  readonly input?: string;
}

/** @param options checked before. */
export function ffmpegCommand(options: FfmpegOptions): FfmpegCommand {
  const { args, input } = inputOf(options);
  return {
    args: [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
      ...decoderArguments(options),
      ...args,
      ...['-an', '-sn', '-dn', '-vf', filters(options)],
      // Without it each keyframe would be repeated until the next.
      ...(options.keyframesOnly ? ['-fps_mode', 'vfr'] : []),
      ...['-c:v', 'mjpeg', '-q:v', String(QUALITY), '-f', 'image2pipe', 'pipe:1'],
    ],
    ...(input === undefined ? {} : { input }),
  };
}

function decoderArguments({ hwaccel, keyframesOnly }: FfmpegOptions): string[] {
  const hardware =
    hwaccel === null ? [] : hwaccel === 'v4l2m2m' ? ['-c:v', 'h264_v4l2m2m'] : ['-hwaccel', hwaccel];
  return [...hardware, ...(keyframesOnly ? ['-skip_frame', 'nokey'] : [])];
}

function inputOf(options: FfmpegOptions): FfmpegCommand {
  const kind = inputKind(options.input);
  if (kind === 'device') return { args: deviceArguments(options) };
  if (kind === 'file') return { args: fileArguments(options) };
  const url = urlWithUser(options);
  const settings = networkSettings(kind, options);
  if (url === withoutCredentials(url)) {
    return { args: [...settings.flatMap(([name, value]) => [`-${name}`, value]), '-i', url] };
  }
  // All users of a computer see the arguments of its processes. A script on the standard input is ffmpeg's alone.
  const lines = settings.map(([name, value]) => `option ${name} ${value}\n`);
  const input = `ffconcat version 1.0\nfile '${url.replaceAll("'", String.raw`'\''`)}'\n${lines.join('')}`;
  const allow = ['-protocol_whitelist', `pipe,${protocols(kind, options)}`];
  return { args: [...allow, '-f', 'concat', '-safe', '0', '-i', 'pipe:0'], input };
}

function networkSettings(kind: 'rtsp' | 'http', options: FfmpegOptions): [name: string, value: string][] {
  return [
    ['protocol_whitelist', protocols(kind, options)],
    ...(kind === 'rtsp' ? [['rtsp_transport', options.rtspTransport] as [string, string]] : []),
  ];
}

function protocols(kind: 'rtsp' | 'http', { rtspTransport }: FfmpegOptions): string {
  return kind === 'rtsp' && rtspTransport === 'http' ? `${PROTOCOLS.rtsp},http` : PROTOCOLS[kind];
}

function deviceArguments({ input, v4l2 }: FfmpegOptions): string[] {
  return [
    ...['-f', 'v4l2'],
    ...(v4l2.format === null ? [] : ['-input_format', v4l2.format]),
    ...(v4l2.width === 0 ? [] : ['-video_size', `${v4l2.width}x${v4l2.height}`]),
    ...(v4l2.fps === 0 ? [] : ['-framerate', String(v4l2.fps)]),
    ...['-i', input],
  ];
}

function fileArguments({ input, loop }: FfmpegOptions): string[] {
  const live = loop ? ['-re', '-stream_loop', '-1'] : [];
  // The prefix keeps a file's name from being read as a protocol or an option.
  return ['-protocol_whitelist', PROTOCOLS.file, ...live, '-i', `file:${input}`];
}

function filters({ fps, maxWidth, keyframesOnly }: FfmpegOptions): string {
  const scale = maxWidth === 0 ? [] : [`scale='min(${maxWidth},iw)':-2`];
  return [keyframesOnly ? sparse(fps) : `fps=${fps}`, ...scale].join(',');
}

/** Drops what comes sooner than `fps` allows, and adds nothing; time stamps that jump back start it afresh. */
function sparse(fps: number): string {
  const gap = 0.9 / fps;
  return `select='isnan(prev_selected_t)+lt(t,prev_selected_t)+gte(t-prev_selected_t,${gap})'`;
}

/** The URL with user name and password in it, as ffmpeg wants them. */
export function urlWithUser({ input, username, password }: FfmpegOptions): string {
  const url = parseUrl(input);
  if (url === undefined || username === null) return input;
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password ?? '');
  return url.href;
}
