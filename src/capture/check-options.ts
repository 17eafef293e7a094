/** What a setting must look like before it may reach a shell, a program or the network. */
import { SurfwatchError } from '../errors.ts';
import { parseUrl, withoutCredentials } from './credentials.ts';
import {
  type CameraOptions,
  type DirectoryOptions,
  type FfmpegOptions,
  HARDWARE_DECODERS,
  type HttpOptions,
  type RpicamOptions,
  type V4l2Options,
  WEBCAM_PALETTES,
  type WebcamOptions,
} from './options.ts';

const SAFE_PATH = '(?:/[A-Za-z0-9_.][A-Za-z0-9_.:-]*)+';
const WEBCAM_DEVICE = new RegExp(`^(?:/dev${SAFE_PATH}|test:[A-Za-z0-9]*|file:${SAFE_PATH})$`);
const WEBCAM_INPUT = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;

/** @throws SurfwatchError `camera-option-refused` naming the first setting of the chosen kind that can't be used. */
export function checkCameraOptions(options: CameraOptions): void {
  if (options.kind === 'webcam') checkWebcamOptions(options.webcam);
  if (options.kind === 'rpicam') checkRpicamOptions(options.rpicam);
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

/** rpicam-vid gets an argument array, no shell; it takes nonsense in some of these without a word. */
export function checkRpicamOptions(options: RpicamOptions): void {
  integer('camera.rpicam.camera', options.camera, 0, 9);
  integer('camera.rpicam.width', options.width, 64, 9152);
  integer('camera.rpicam.height', options.height, 64, 6944);
  number('camera.rpicam.fps', options.fps, 0.1, 30);
  integer('camera.rpicam.quality', options.quality, 1, 100);
  if (options.rotation !== 0 && options.rotation !== 180) {
    refuse('camera.rpicam.rotation', options.rotation, 'neither 0 nor 180');
  }
  if (options.roi !== null && !isRegion(options.roi)) {
    refuse('camera.rpicam.roi', options.roi, 'not x,y,width,height inside the picture, each from 0 to 1');
  }
  if (options.mode !== null && !/^\d{2,5}:\d{2,5}(?::\d{1,2}(?::[PU])?)?$/.test(options.mode)) {
    refuse('camera.rpicam.mode', options.mode, 'not width:height:bits:P');
  }
  oneOf('camera.rpicam.exposure', options.exposure, RPICAM_CHOICES.exposure);
  integer('camera.rpicam.shutterUs', options.shutterUs, 0, 10_000_000);
  number('camera.rpicam.gain', options.gain, 0, 64);
  number('camera.rpicam.ev', options.ev, -10, 10);
  oneOf('camera.rpicam.metering', options.metering, RPICAM_CHOICES.metering);
  oneOf('camera.rpicam.awb', options.awb, RPICAM_CHOICES.awb);
  oneOf('camera.rpicam.hdr', options.hdr, RPICAM_CHOICES.hdr);
  oneOf('camera.rpicam.denoise', options.denoise, RPICAM_CHOICES.denoise);
  number('camera.rpicam.brightness', options.brightness, -1, 1);
  number('camera.rpicam.contrast', options.contrast, 0, 15.99);
  number('camera.rpicam.saturation', options.saturation, 0, 15.99);
  number('camera.rpicam.sharpness', options.sharpness, 0, 15.99);
  oneOf('camera.rpicam.autofocus', options.autofocus, [...RPICAM_CHOICES.autofocus, null]);
  number('camera.rpicam.lensPosition', options.lensPosition, 0, 32);
  const { tuningFile } = options;
  if (tuningFile !== null && (!tuningFile.startsWith('/') || hasControlCharacter(tuningFile))) {
    refuse('camera.rpicam.tuningFile', tuningFile, 'not an absolute path');
  }
}

const RPICAM_CHOICES = {
  exposure: ['normal', 'sport', 'long'],
  metering: ['centre', 'spot', 'average'],
  awb: ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy'],
  hdr: ['off', 'auto', 'sensor', 'single-exp'],
  denoise: ['auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq'],
  autofocus: ['manual', 'auto', 'continuous'],
} as const;

function isRegion(text: string): boolean {
  const parts = text.split(',');
  if (!parts.every(part => /^(?:0|1|[01]?\.\d{1,6})$/.test(part))) return false;
  const [x, y, w, h, more] = parts.map(Number);
  if (x === undefined || y === undefined || w === undefined || h === undefined || more !== undefined)
    return false;
  return w > 0 && h > 0 && x + w <= 1.000001 && y + h <= 1.000001;
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
  oneOf('camera.ffmpeg.rtspTransport', options.rtspTransport, ['tcp', 'udp', 'udp_multicast', 'http']);
  oneOf('camera.ffmpeg.hwaccel', options.hwaccel, [...HARDWARE_DECODERS, null]);
  if (!(options.fps > 0 && options.fps <= 30)) {
    refuse('camera.ffmpeg.fps', options.fps, 'not above 0 and up to 30');
  }
  if (options.maxWidth !== 0) integer('camera.ffmpeg.maxWidth', options.maxWidth, 16, 7680);
  checkV4l2Options(options.v4l2);
}

function checkV4l2Options({ format, width, height, fps }: V4l2Options): void {
  oneOf('camera.ffmpeg.v4l2.format', format, ['mjpeg', 'h264', 'yuyv422', null]);
  number('camera.ffmpeg.v4l2.fps', fps, 0, 120);
  if (width === 0 && height === 0) return;
  integer('camera.ffmpeg.v4l2.width', width, 16, 7680);
  integer('camera.ffmpeg.v4l2.height', height, 16, 4320);
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

function number(setting: string, value: number, least: number, most: number): void {
  if (!(Number.isFinite(value) && value >= least && value <= most)) {
    refuse(setting, value, `not a number from ${least} to ${most}`);
  }
}

function oneOf(setting: string, value: string | null, allowed: readonly (string | null)[]): void {
  if (!allowed.includes(value)) refuse(setting, value, `none of ${allowed.filter(Boolean).join(', ')}`);
}

function refuse(setting: string, value: unknown, fault: string): never {
  throw new SurfwatchError('camera-option-refused', `${setting}: ${JSON.stringify(value)} is ${fault}`);
}
