/** Settings of what is published of each rider. */
import { RIDERS_DEFAULTS as DEFAULTS, type RidersOptions } from '../../messaging/riders-options.ts';
import type { SchemaOf } from '../setting.ts';

export const ridersSchema = {
  publish: {
    doc: 'Publish where in the frame each rider is, on `riders`, at every frame that is judged. Counts are published without it.',
    format: 'switch',
    default: DEFAULTS.publish,
  },
} as const satisfies SchemaOf<RidersOptions>;
