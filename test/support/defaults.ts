/** The settings where nothing is set, for parts that are tested by themselves. */
import { join } from 'node:path';
import { defaultSettings } from '../../src/config/load.ts';

export const DEFAULTS = defaultSettings();

/** The embedded broker as it is installed; the start from its sources takes three times as long. */
export const BROKER_PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'broker-program.js');
