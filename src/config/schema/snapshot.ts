/** Settings of the picture on the topic `snapshot`. */

import { formatDuration } from '../../base/duration.ts';
import { SNAPSHOT_DEFAULTS as DEFAULTS, type SnapshotOptions } from '../../messaging/snapshot-options.ts';
import type { SchemaOf } from '../setting.ts';

export const snapshotSchema = {
  publish: {
    doc: 'Publish the picture that the activity was read from. Whoever may read the topic sees the beach; with `learning.pixelate` only its zones.',
    format: 'switch',
    default: DEFAULTS.publish,
  },
  onlyChanges: {
    doc: 'Publish only pictures that change the activity.',
    format: 'switch',
    default: DEFAULTS.onlyChanges,
  },
  width: {
    doc: 'Wider pictures are scaled down to this width in pixels; 0 leaves them.',
    format: 'whole',
    default: DEFAULTS.width,
    min: 0,
    max: 7680,
  },
  quality: { doc: 'JPEG quality.', format: 'whole', default: DEFAULTS.quality, min: 1, max: 100 },
  minInterval: {
    doc: 'Time between two pictures at least.',
    format: 'duration',
    default: formatDuration(DEFAULTS.minIntervalMs),
    min: 200,
  },
} as const satisfies SchemaOf<SnapshotOptions>;
