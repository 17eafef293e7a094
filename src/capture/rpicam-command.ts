/** The arguments rpicam-vid is started with. */
import type { RpicamOptions } from './options.ts';

/**
 * Only what differs from the program's own defaults is said, since older ones don't know all of it.
 *
 * @param options checked before.
 * @see https://www.raspberrypi.com/documentation/computers/camera_software.html "rpicam-apps options reference"
 */
export function rpicamArguments(options: RpicamOptions): string[] {
  return [
    ...['--nopreview', '--timeout', '0', '--codec', 'mjpeg'],
    // Without it the end of a picture waits in a buffer for the next picture.
    '--flush',
    ...['--camera', String(options.camera)],
    ...['--width', String(options.width), '--height', String(options.height)],
    ...['--framerate', String(options.fps), '--quality', String(options.quality)],
    ...geometry(options),
    ...light(options),
    ...unless('--denoise', options.denoise, 'auto'),
    ...unless('--brightness', options.brightness, 0),
    ...unless('--contrast', options.contrast, 1),
    ...unless('--saturation', options.saturation, 1),
    ...unless('--sharpness', options.sharpness, 1),
    ...unless('--autofocus-mode', options.autofocus, null),
    ...(options.autofocus === 'manual' ? [`--lens-position=${options.lensPosition}`] : []),
    ...unless('--tuning-file', options.tuningFile, null),
    ...['--output', '-'],
  ];
}

function geometry({ rotation, hflip, vflip, roi, mode }: RpicamOptions): string[] {
  return [
    ...unless('--rotation', rotation, 0),
    ...(hflip ? ['--hflip'] : []),
    ...(vflip ? ['--vflip'] : []),
    ...unless('--roi', roi, null),
    ...unless('--mode', mode, null),
  ];
}

function light({ exposure, shutterUs, gain, ev, metering, awb, hdr }: RpicamOptions): string[] {
  return [
    ...unless('--exposure', exposure, 'normal'),
    ...unless('--shutter', shutterUs, 0),
    ...unless('--gain', gain, 0),
    // In one word: a value of its own that begins with a minus would be taken for an option.
    ...(ev === 0 ? [] : [`--ev=${ev}`]),
    ...unless('--metering', metering, 'centre'),
    ...unless('--awb', awb, 'auto'),
    ...unless('--hdr', hdr, 'off'),
  ];
}

function unless<T extends string | number | null>(option: string, value: T, own: T): string[] {
  return value === own ? [] : [`${option}=${value}`];
}
