/** The settings where nothing is set, for parts that are tested by themselves. */
import { join } from 'node:path';
import { defaultSettings } from '../../src/config/load.ts';

export const DEFAULTS = defaultSettings();

/** The embedded broker and the thread of a retraining as they are installed: from its sources each takes seconds to start. */
export const BUNDLED = join(import.meta.dirname, '..', '..', 'dist');
export const BROKER_PROGRAM = join(BUNDLED, 'broker-program.js');
