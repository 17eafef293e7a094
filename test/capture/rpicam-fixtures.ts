/** The settings of the ribbon camera as the tests use them: all at their defaults, but small and quick. */
import type { RpicamOptions } from '../../src/capture/options.ts';

export const RPICAM: RpicamOptions = {
  ...{ camera: 0, width: 320, height: 240, fps: 10, quality: 90, rotation: 0, hflip: false, vflip: false },
  ...{ roi: null, mode: null, exposure: 'normal', shutterUs: 0, gain: 0, ev: 0, metering: 'centre' },
  ...{ awb: 'auto', hdr: 'off', denoise: 'auto', brightness: 0, contrast: 1, saturation: 1, sharpness: 1 },
  ...{ autofocus: null, lensPosition: 0, tuningFile: null },
};
