/** Settings of the announcement to Home Assistant. */
import type { DiscoveryOptions } from '../../messaging/discovery/options.ts';
import type { SchemaOf } from '../setting.ts';

export const discoverySchema = {
  enabled: {
    doc: 'Announce the board to Home Assistant, as one device with all that it says. Writes and reads outside of `surf/`: a broker with rules must allow both.',
    format: 'switch',
    default: false,
  },
  prefix: {
    doc: 'What the topics of discovery begin with, as in the MQTT options of Home Assistant.',
    format: 'topic',
    default: 'homeassistant',
    required: true,
  },
  name: {
    doc: 'Name of the device.',
    format: 'text',
    default: null,
    none: 'omit',
    noneMeans: '`Surfwatch` and the site',
  },
  area: {
    doc: 'Area that is proposed for the device.',
    format: 'text',
    default: null,
    none: 'omit',
    noneMeans: 'none',
  },
  entityIds: {
    doc: 'Propose ids such as `sensor.surfwatch_beach_activity` for the entities (`default_entity_id`), instead of leaving them to Home Assistant, which makes them of names.',
    format: 'switch',
    default: false,
  },
} as const satisfies SchemaOf<DiscoveryOptions>;
