/** The arguments rpicam-vid is started with, and which further ones a user may give. */
import type { RpicamOptions } from './options.ts';

/** From 90 on no blocks show on small riders. */
const JPEG_QUALITY = 90;

/** @param options checked before. */
export function rpicamArguments({ camera, width, height, fps, args }: RpicamOptions): string[] {
  return [
    ...['--nopreview', '--timeout', '0', '--codec', 'mjpeg'],
    // Without it the end of a picture waits in a buffer for the next picture.
    '--flush',
    ...['--camera', String(camera), '--width', String(width), '--height', String(height)],
    ...['--framerate', String(fps), '--quality', String(JPEG_QUALITY)],
    ...args,
    ...['--output', '-'],
  ];
}

/** What is wrong with a value, if something is. `value` is undefined where none is given. */
type Check = (value: string | undefined) => string | undefined;

/**
 * The options that shape the picture, with what rpicam-vid would take amiss without a word. Others, such as `--output`
 * or `--codec`, would break what is read from the program.
 *
 * @see https://www.raspberrypi.com/documentation/computers/camera_software.html "rpicam-apps options reference"
 */
const RPICAM_ARGS: Readonly<Record<string, Check>> = {
  rotation: oneOf('0', '180'),
  hflip: noValue,
  vflip: noValue,
  roi: region,
  mode: matching(/^\d{2,5}:\d{2,5}(?::\d{1,2}(?::[PU])?)?$/, 'width:height:bits:P'),
  exposure: oneOf('normal', 'sport', 'long'),
  shutter: number(0, 10_000_000),
  gain: number(0, 64),
  ev: number(-10, 10),
  metering: oneOf('centre', 'spot', 'average'),
  awb: oneOf('auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy'),
  hdr: oneOf('off', 'auto', 'sensor', 'single-exp'),
  denoise: oneOf('auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq'),
  brightness: number(-1, 1),
  contrast: number(0, 15.99),
  saturation: number(0, 15.99),
  sharpness: number(0, 15.99),
  'autofocus-mode': oneOf('manual', 'auto', 'continuous'),
  'lens-position': number(0, 32),
  'tuning-file': matching(/^\/[^\p{Cc}]+$/u, 'an absolute path'),
};

/** What is wrong with one of `camera.rpicam.args`, if something is. */
export function rpicamArgProblem(arg: string): string | undefined {
  // In one word: a value of its own that begins with a minus would be taken for an option.
  const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
  const check = Object.hasOwn(RPICAM_ARGS, name) ? RPICAM_ARGS[name] : undefined;
  if (check !== undefined) return check(value);
  return `none of --${Object.keys(RPICAM_ARGS).join(', --')}, each with =value where it takes one`;
}

function noValue(value: string | undefined): string | undefined {
  return value === undefined ? undefined : 'an option without a value';
}

function oneOf(...choices: readonly string[]): Check {
  return value => (choices.includes(value ?? '') ? undefined : `without one of ${choices.join(', ')}`);
}

function number(least: number, most: number): Check {
  return value =>
    /^-?\d+(?:\.\d+)?$/.test(value ?? '') && Number(value) >= least && Number(value) <= most
      ? undefined
      : `without a number from ${least} to ${most}`;
}

function matching(pattern: RegExp, what: string): Check {
  return value => (pattern.test(value ?? '') ? undefined : `without ${what}`);
}

function region(value = ''): string | undefined {
  const fault = 'without x,y,width,height inside the picture, each from 0 to 1';
  const parts = value.split(',');
  if (parts.length !== 4 || !parts.every(part => /^(?:0|1|[01]?\.\d{1,6})$/.test(part))) return fault;
  const [x = 0, y = 0, w = 0, h = 0] = parts.map(Number);
  return w > 0 && h > 0 && x + w <= 1.000001 && y + h <= 1.000001 ? undefined : fault;
}
