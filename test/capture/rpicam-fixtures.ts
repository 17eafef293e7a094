/** The settings of the ribbon camera as the tests use them: small and quick. */
import type { RpicamOptions } from '../../src/capture/options.ts';

export const RPICAM: RpicamOptions = { camera: 0, width: 320, height: 240, fps: 10, args: [] };
