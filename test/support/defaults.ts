/** The settings where nothing is set, for parts that are tested by themselves. */
import { defaultSettings } from '../../src/config/load.ts';

export const DEFAULTS = defaultSettings();
