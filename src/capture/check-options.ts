/** What a setting must look like before it may reach a shell, a program or the network. Ranges are the schema's. */
import { SurfwatchError } from '../errors.ts';
import { parseUrl, withoutCredentials } from './credentials.ts';
import type {
  CameraOptions,
  DirectoryOptions,
  FfmpegOptions,
  HttpOptions,
  RpicamOptions,
  WebcamOptions,
} from './options.ts';
import { rpicamArgProblem } from './rpicam-command.ts';
import type { CameraKind } from './source.ts';

const SAFE_PATH = '(?:/[A-Za-z0-9_.][A-Za-z0-9_.:-]*)+';
const WEBCAM_DEVICE = new RegExp(`^(?:/dev${SAFE_PATH}|test:[A-Za-z0-9]*|file:${SAFE_PATH})$`);

/** @throws SurfwatchError `camera-option-refused` naming the first setting of the chosen kind that cannot be used. */
export function checkCameraOptions(options: CameraOptions): void {
  checkOptionsOf(options.kind, options);
}

const CHECKS: { readonly [Kind in CameraKind]: ((options: CameraOptions[Kind]) => void) | null } = {
  webcam: checkWebcamOptions,
  rpicam: checkRpicamOptions,
  directory: checkDirectoryOptions,
  http: checkHttpOptions,
  ffmpeg: checkFfmpegOptions,
  simulator: null,
};

function checkOptionsOf<Kind extends CameraKind>(kind: Kind, options: CameraOptions): void {
  CHECKS[kind]?.(options[kind]);
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
}

/** rpicam-vid gets an argument array, no shell; what it may be told is bounded here. */
export function checkRpicamOptions({ args }: RpicamOptions): void {
  for (const arg of args) {
    const problem = rpicamArgProblem(arg);
    if (problem !== undefined) refuse('camera.rpicam.args', arg, problem);
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
  const { width, height } = options.v4l2;
  if ((width === 0) !== (height === 0)) {
    refuse('camera.ffmpeg.v4l2.width', width, 'not set together with camera.ffmpeg.v4l2.height');
  }
}

function hasParentStep(path: string): boolean {
  return path.split('/').includes('..');
}

function hasControlCharacter(text: string): boolean {
  return [...text].some(character => character < ' ' || character === '\x7f');
}

function oneOf(setting: string, value: string | null, allowed: readonly (string | null)[]): void {
  if (!allowed.includes(value)) refuse(setting, value, `none of ${allowed.filter(Boolean).join(', ')}`);
}

function refuse(setting: string, value: unknown, fault: string): never {
  throw new SurfwatchError('camera-option-refused', `${setting}: ${JSON.stringify(value)} is ${fault}`);
}
