/**
 * What Home Assistant takes as a message of device discovery, field by field, as its sources say (home-assistant/core,
 * homeassistant/components/mqtt/, unless named otherwise) and its documentation
 * (https://www.home-assistant.io/integrations/mqtt/). Unknown fields are refused here, where Home Assistant ignores them:
 * a misspelt one would do nothing.
 */
import * as z from 'zod';

/** discovery.py, TOPIC_MATCHER; `device` is the component of device discovery. */
export const TOPIC = /^[^+#]+\/device\/[a-zA-Z0-9_-]+\/config$/;

/** abbreviations.py: ABBREVIATIONS, DEVICE_ABBREVIATIONS and ORIGIN_ABBREVIATIONS, as far as they are used. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  dev: 'device',
  o: 'origin',
  cmps: 'components',
  p: 'platform',
};

/** discovery.py, _replace_all_abbreviations: at the root, in the origin, the device and each component. */
export function withoutAbbreviations(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      ABBREVIATIONS[name] ?? name,
      withoutAbbreviations(value),
    ]),
  );
}

// util.py, valid_subscribe_topic and valid_publish_topic: not empty, no NUL, wildcards only where one listens.
const topic = z.string().regex(/^[^+#\0]+$/);

// helpers/config_validation.py, template: a text that parses; that is checked where it is rendered.
const template = z.string().regex(/\{\{.*\}\}/s);

// helpers/config_validation.py, icon: `prefix:name`.
const icon = z.string().regex(/^mdi:[a-z-]+$/);

// schemas.py, _MQTT_AVAILABILITY_LIST_SCHEMA; the payloads default to `online` and `offline` (const.py).
const availability = {
  availability: z.array(z.strictObject({ topic })).min(1),
  availability_mode: z.enum(['all', 'any', 'latest']),
};

// schemas.py, MQTT_ENTITY_DEVICE_INFO_SCHEMA, with at least one identifier (validate_device_has_at_least_one_identifier).
const device = z.strictObject({
  identifiers: z.array(z.string().min(1)).min(1),
  name: z.string().min(1),
  manufacturer: z.string(),
  model: z.string(),
  sw_version: z.string(),
  suggested_area: z.string().min(1).optional(),
});

// schemas.py, MQTT_ORIGIN_INFO_SCHEMA: the name is required, and the origin itself with device discovery.
const origin = z.strictObject({ name: z.string().min(1), sw_version: z.string() });

// schemas.py, MQTT_ENTITY_COMMON_SCHEMA and check_unique_id.
function entity<P extends string>(platform: P, category: 'diagnostic' | 'config') {
  return {
    platform: z.literal(platform),
    unique_id: z.string().min(1),
    // entity.py, _set_entity_name: without one it would be called after its device class.
    name: z.string().min(1),
    // entity.py, _init_entity_registry: the platform and a dot before the id. `object_id` was removed with 2026.4.
    default_entity_id: z
      .string()
      .regex(new RegExp(`^${platform}\\.[a-z0-9_]+$`))
      .optional(),
    availability: availability.availability.optional(),
    // homeassistant/components/{sensor,binary_sensor}/__init__.py refuse the category `config`.
    entity_category: z.literal(category).optional(),
    icon: icon.optional(),
    enabled_by_default: z.boolean().optional(),
    json_attributes_topic: topic.optional(),
    json_attributes_template: template.optional(),
  };
}

// homeassistant/components/sensor/const.py, DEVICE_CLASS_UNITS.
const UNITS: Readonly<Record<string, readonly string[]>> = {
  frequency: ['mHz', 'Hz', 'kHz', 'MHz', 'GHz'],
  duration: ['d', 'h', 'min', 's', 'ms', 'μs'],
  data_size: ['bit', 'kbit', 'Mbit', 'Gbit', 'B', 'kB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB'],
  temperature: ['°C', '°F', 'K'],
};

// sensor.py, _PLATFORM_SCHEMA_BASE and validate_sensor_state_and_device_class_config.
const sensor = z
  .strictObject({
    ...entity('sensor', 'diagnostic'),
    state_topic: topic,
    value_template: template.optional(),
    device_class: z.enum(['enum', 'frequency', 'duration', 'data_size', 'temperature']).optional(),
    options: z.array(z.string().min(1)).min(1).optional(),
    expire_after: z.int().positive().optional(),
    // homeassistant/components/sensor/const.py, DEVICE_CLASS_STATE_CLASSES: a duration may have any.
    state_class: z.enum(['measurement', 'total_increasing']).optional(),
    unit_of_measurement: z.string().min(1).optional(),
    suggested_display_precision: z.int().min(0).optional(),
  })
  .refine(
    ({ options, device_class }) => (options === undefined) === (device_class !== 'enum'),
    '`options` goes with the device class `enum`',
  )
  .refine(
    ({ options, state_class, unit_of_measurement }) =>
      options === undefined || (state_class === undefined && unit_of_measurement === undefined),
    '`options` goes without state class and unit',
  )
  .refine(
    ({ options = [] }) => new Set(options).size === options.length,
    'homeassistant/components/sensor/__init__.py: options are different from each other',
  )
  .refine(
    ({ state_class, device_class }) => state_class !== 'total_increasing' || device_class === 'duration',
    'frequencies, temperatures and sizes of what is there are measured, not added up',
  )
  .refine(
    ({ device_class = 'enum', unit_of_measurement = '' }) =>
      UNITS[device_class]?.includes(unit_of_measurement) ?? true,
    'the unit is one of the device class',
  );

// binary_sensor.py, _PLATFORM_SCHEMA_BASE; payload_on and payload_off default to `ON` and `OFF`.
const binarySensor = z.strictObject({
  ...entity('binary_sensor', 'diagnostic'),
  state_topic: topic,
  value_template: template.optional(),
  device_class: z.enum(['occupancy', 'problem']),
  expire_after: z.int().positive().optional(),
});

// event.py, _PLATFORM_SCHEMA_BASE: `event_types` and the topic are required.
const event = z.strictObject({
  ...entity('event', 'diagnostic'),
  state_topic: topic,
  event_types: z.array(z.string().min(1)).min(1),
  value_template: template,
});

// image.py, PLATFORM_SCHEMA_BASE and validate_topic_required: exactly one of `image_topic` and `url_topic`; `content_type`
// goes with `image_topic` only (validate_content_type_required), and bytes are taken as they are without `image_encoding`.
const image = z.strictObject({
  ...entity('image', 'diagnostic'),
  image_topic: topic,
  content_type: z.string().regex(/^image\/[a-z]+$/),
});

// button.py, PLATFORM_SCHEMA_MODERN; `retain` is false by default: a retained command would be ignored.
const button = z.strictObject({
  ...entity('button', 'config'),
  command_topic: topic,
  payload_press: z.string().min(1),
});

// switch.py, PLATFORM_SCHEMA_MODERN: state_on and state_off default to the payloads, which here are commands.
const toggle = z.strictObject({
  ...entity('switch', 'config'),
  command_topic: topic,
  payload_on: z.string().min(1),
  payload_off: z.string().min(1),
  state_topic: topic,
  state_on: z.string(),
  state_off: z.string(),
  value_template: template,
});

// discovery.py: a component of a platform alone removes what was discovered under its key.
const removed = z.strictObject({
  platform: z.enum(['sensor', 'binary_sensor', 'event', 'image', 'button', 'switch']),
});

/** schemas.py, DEVICE_DISCOVERY_SCHEMA. */
export const deviceDiscovery = z.strictObject({
  device,
  origin,
  ...availability,
  // util.py, valid_qos_schema.
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  components: z.record(
    // discovery.py, _generate_device_config, splits the ids it has seen at spaces.
    z.string().regex(/^[a-z0-9_-]+$/),
    z.union([sensor, binarySensor, event, image, button, toggle, removed]),
  ),
});

export type DeviceDiscovery = z.infer<typeof deviceDiscovery>;
