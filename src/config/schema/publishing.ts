/** Settings of what is published beside the activity: pictures, riders, the announcement to Home Assistant. */
import type { SettingTree } from '../setting.ts';

export const snapshotSchema = {
  publish: {
    doc: 'Publish the picture that the activity was read from. Whoever may read the topic sees the beach; with `learning.pixelate`, only its zones.',
    format: 'switch',
    default: false,
  },
  width: {
    doc: 'Wider pictures are scaled down to this width in pixels; 0 leaves them.',
    format: 'whole',
    default: 640,
    min: 0,
    max: 7680,
  },
  minInterval: {
    doc: 'Minimum time between two pictures.',
    format: 'duration',
    default: '10s',
    min: 200,
  },
} as const satisfies SettingTree;

export const ridersSchema = {
  publish: {
    doc: 'Publish on `riders` where in the frame each rider is, for every judged frame. Counts are published without it.',
    format: 'switch',
    default: false,
  },
} as const satisfies SettingTree;

export const discoverySchema = {
  enabled: {
    doc: 'Announce the board to Home Assistant as one device with everything it publishes. Writes and reads outside `surf/`: a broker with access rules must allow both.',
    format: 'switch',
    default: false,
  },
  prefix: {
    doc: 'Prefix of the discovery topics, as in the MQTT options of Home Assistant.',
    format: 'topic',
    default: 'homeassistant',
    required: true,
  },
} as const satisfies SettingTree;
