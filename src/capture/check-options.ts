/** What a setting must look like before it may reach a shell, a program or the network. */
import { SurfwatchError } from '../errors.ts';
import { parseUrl, withoutCredentials } from './credentials.ts';
import {
  type CameraOptions,
  type DirectoryOptions,
  type FfmpegOptions,
  HARDWARE_DECODERS,
  type HttpOptions,
  WEBCAM_PALETTES,
  type WebcamOptions,
} from './options.ts';

const SAFE_PATH = '(?:/[A-Za-z0-9_.][A-Za-z0-9_.:-]*)+';
const WEBCAM_DEVICE = new RegExp(`^(?:/dev${SAFE_PATH}|test:[A-Za-z0-9]*|file:${SAFE_PATH})$`);
const WEBCAM_INPUT = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;

/** @throws SurfwatchError `camera-option-refused` naming the first setting of the chosen kind that can't be used. */
export function checkCameraOptions(options: CameraOptions): void {
  if (options.kind === 'webcam') checkWebcamOptions(options.webcam);
  if (options.kind === 'directory') checkDirectoryOptions(options.directory);
  if (options.kind === 'http') checkHttpOptions(options.http);
  if (options.kind === 'ffmpeg') checkFfmpegOptions(options.ffmpeg);
}

/** node-webcam puts these into a shell command unquoted: nothing but the plainest characters may pass. */
export function checkWebcamOptions(options: WebcamOptions): void {
  if (!WEBCAM_DEVICE.test(options.device) || hasParentStep(options.device)) {
    refuse(
      'camera.webcam.device',
      options.device,
      'neither /dev/NAME, test: nor file:/PATH in plain characters',
    );
  }
  integer('camera.webcam.width', options.width, 16, 7680);
  integer('camera.webcam.height', options.height, 16, 4320);
  integer('camera.webcam.skipFrames', options.skipFrames, 0, 300);
  integer('camera.webcam.delayMs', options.delayMs, 0, 60_000);
  integer('camera.webcam.jpegQuality', options.jpegQuality, 1, 95);
  oneOf('camera.webcam.palette', options.palette, [...WEBCAM_PALETTES, null]);
  if (options.input !== null && !WEBCAM_INPUT.test(options.input)) {
    refuse('camera.webcam.input', options.input, 'not a plain name or number');
  }
}

export function checkDirectoryOptions(options: DirectoryOptions): void {
  if (options.path === '' || options.path.includes('\0')) {
    refuse('camera.directory.path', options.path, 'not a folder');
  }
}

export function checkHttpOptions(options: HttpOptions): void {
  const url = parseUrl(options.url);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    refuse('camera.http.url', withoutCredentials(options.url), 'not an http: or https: URL');
  }
  integer('camera.http.maxRedirects', options.maxRedirects, 0, 10);
  integer('camera.http.maxBytes', options.maxBytes, 1024, 1024 ** 3);
}

/** ffmpeg gets an argument array, no shell; but what it opens is decided here. */
export function checkFfmpegOptions(options: FfmpegOptions): void {
  const { input } = options;
  const shown = withoutCredentials(input);
  if (input === '' || input.startsWith('-') || hasControlCharacter(input)) {
    refuse('camera.ffmpeg.input', shown, 'not a URL or path');
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(input)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    oneOf('camera.ffmpeg.input', scheme, ['rtsp', 'rtsps', 'http', 'https']);
    if (parseUrl(input) === undefined) refuse('camera.ffmpeg.input', shown, 'not a complete URL');
  }
  oneOf('camera.ffmpeg.rtspTransport', options.rtspTransport, ['tcp', 'udp']);
  oneOf('camera.ffmpeg.hwaccel', options.hwaccel, [...HARDWARE_DECODERS, null]);
  if (!(options.fps > 0 && options.fps <= 30)) {
    refuse('camera.ffmpeg.fps', options.fps, 'not above 0 and up to 30');
  }
  if (options.maxWidth !== 0) integer('camera.ffmpeg.maxWidth', options.maxWidth, 16, 7680);
}

function hasParentStep(path: string): boolean {
  return path.split('/').includes('..');
}

function hasControlCharacter(text: string): boolean {
  return [...text].some(character => character < ' ' || character === '\x7f');
}

function integer(setting: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    refuse(setting, value, `not a whole number from ${least} to ${most}`);
  }
}

function oneOf(setting: string, value: string | null, allowed: readonly (string | null)[]): void {
  if (!allowed.includes(value)) refuse(setting, value, `none of ${allowed.filter(Boolean).join(', ')}`);
}

function refuse(setting: string, value: unknown, fault: string): never {
  throw new SurfwatchError('camera-option-refused', `${setting}: ${JSON.stringify(value)} is ${fault}`);
}
