/**
 * What Home Assistant shows of a board. The options of each entity are those of
 * https://www.home-assistant.io/integrations/<platform>.mqtt/.
 */

import { trainingSchema } from '../learning-payloads.ts';
import { eventSchema, stateSchema } from '../payloads.ts';
import type { Entity } from './entity.ts';
import { healthSensors } from './health-sensors.ts';
import { minutesToday } from './stats-sensors.ts';

export interface Board {
  /** What all topics begin with. */
  readonly base: string;
  /** What the head tells apart. */
  readonly activities: readonly string[];
  /** Names of the configured zones; none where the whole picture is judged. */
  readonly zones: readonly string[];
  /** The commands that are answered. */
  readonly verbs: readonly string[];
  /** `activity` and `health` are published at least this often. */
  readonly heartbeatMs: number;
  /** Pictures are published. */
  readonly snapshot?: boolean;
}

/** A value counts as lost after so many heartbeats without one. */
const MISSED_HEARTBEATS = 3;

/** All entities of a board. */
export function entitiesOf(board: Board): Entity[] {
  const expireS = Math.ceil((MISSED_HEARTBEATS * board.heartbeatMs) / 1000);
  const { base, zones, activities } = board;
  return [
    activitySensor('activity', 'Activity', `${base}/activity`, activities, expireS),
    ...activities.map(activity => presence(base, activity, expireS)),
    ...activities.map(activity => riders(base, activity, expireS)),
    ...zones.map(zone =>
      activitySensor(
        `zone_${zone}`,
        `Zone ${inWords(zone)}`,
        `${base}/zone/${zone}/activity`,
        activities,
        expireS,
      ),
    ),
    events(base),
    ...(board.snapshot === true ? [snapshot(base)] : []),
    ...controls(board),
    problem(base),
    ...stateSensors(base),
    ...minutesToday(`${base}/stats/hourly`, activities),
    ...healthSensors(`${base}/health`, expireS),
  ];
}

/** Home Assistant has an `unknown` of its own, which `None` stands for. */
function activitySensor(
  key: string,
  name: string,
  topic: string,
  activities: readonly string[],
  expireS: number,
): Entity {
  return {
    key,
    platform: 'sensor',
    name,
    ofCamera: true,
    config: {
      state_topic: topic,
      value_template: "{{ 'None' if value_json.activity == 'unknown' else value_json.activity }}",
      device_class: 'enum',
      options: [...activities, 'none'],
      expire_after: expireS,
      json_attributes_topic: topic,
      icon: 'mdi:waves',
    },
  };
}

function presence(base: string, activity: string, expireS: number): Entity {
  const present = `${JSON.stringify(activity)} in value_json.activities`;
  return {
    key: `present_${activity}`,
    platform: 'binary_sensor',
    name: inWords(activity),
    ofCamera: true,
    config: {
      state_topic: `${base}/activity`,
      value_template: `{{ 'None' if value_json.activity == 'unknown' else 'ON' if ${present} else 'OFF' }}`,
      device_class: 'occupancy',
      expire_after: expireS,
    },
  };
}

/** How many there are, for long-term statistics; a count is absent where it is not known. */
function riders(base: string, activity: string, expireS: number): Entity {
  const count = `value_json.count[${JSON.stringify(activity)}] | default(0)`;
  return {
    key: `riders_${activity}`,
    platform: 'sensor',
    name: ridersInWords(activity),
    ofCamera: true,
    config: {
      state_topic: `${base}/activity`,
      value_template: `{{ (${count}) if value_json.count is defined else 'None' }}`,
      state_class: 'measurement',
      suggested_display_precision: 0,
      expire_after: expireS,
      icon: 'mdi:account-group',
    },
  };
}

/** On while any alert lasts; all of them, by id with their texts, are the attribute `alerts`. */
function problem(base: string): Entity {
  return {
    key: 'problem',
    platform: 'binary_sensor',
    name: 'Problem',
    config: {
      state_topic: `${base}/problem`,
      value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
      device_class: 'problem',
      json_attributes_topic: `${base}/problem`,
      json_attributes_template: "{{ {'alerts': value_json.alerts} | tojson }}",
      entity_category: 'diagnostic',
    },
  };
}

/** Home Assistant wants the kind of an event as `event_type`. */
function events(base: string): Entity {
  return {
    key: 'event',
    platform: 'event',
    name: 'Event',
    config: {
      state_topic: `${base}/event`,
      event_types: eventSchema.options.map(({ shape }) => shape.type.value),
      value_template: '{{ dict(value_json, event_type=value_json.type) | tojson }}',
      icon: 'mdi:binoculars',
    },
  };
}

/** The picture as it comes: bytes, no base64. It stays when the camera is away, to be looked at. */
function snapshot(base: string): Entity {
  return {
    key: 'snapshot',
    platform: 'image',
    name: 'Snapshot',
    config: { image_topic: `${base}/snapshot`, content_type: 'image/jpeg', icon: 'mdi:image' },
  };
}

function controls({ base, verbs }: Board): Entity[] {
  const retrain: Entity = {
    key: 'retrain',
    platform: 'button',
    name: 'Retrain',
    config: {
      command_topic: `${base}/command/retrain`,
      payload_press: 'retrain',
      entity_category: 'config',
      icon: 'mdi:school',
    },
  };
  const pause: Entity = {
    key: 'pause',
    platform: 'switch',
    name: 'Pause',
    config: {
      state_topic: `${base}/state`,
      value_template: "{{ 'ON' if value_json.state == 'paused' else 'OFF' }}",
      state_on: 'ON',
      state_off: 'OFF',
      command_topic: `${base}/command`,
      payload_on: 'pause',
      payload_off: 'resume',
      entity_category: 'config',
      icon: 'mdi:pause-circle-outline',
    },
  };
  const has = (...wanted: string[]) => wanted.every(verb => verbs.includes(verb));
  return [...(has('retrain') ? [retrain] : []), ...(has('pause', 'resume') ? [pause] : [])];
}

function stateSensors(base: string): Entity[] {
  const diagnostic = (key: string, name: string, config: Entity['config']): Entity => ({
    key,
    platform: 'sensor',
    name,
    off: true,
    config: { ...config, entity_category: 'diagnostic' },
  });
  const state = diagnostic('state', 'State', {
    state_topic: `${base}/state`,
    value_template: '{{ value_json.state }}',
    device_class: 'enum',
    options: stateSchema.shape.state.options,
    json_attributes_topic: `${base}/state`,
    icon: 'mdi:state-machine',
  });
  return [
    { ...state, off: false },
    diagnostic('model', 'Model', {
      state_topic: `${base}/info`,
      value_template: '{{ value_json.head.id }}',
      json_attributes_topic: `${base}/info`,
      icon: 'mdi:brain',
    }),
    diagnostic('training', 'Training', {
      state_topic: `${base}/training`,
      value_template: '{{ value_json.state }}',
      device_class: 'enum',
      options: trainingSchema.shape.state.options,
      // Not the whole message: its progress would be another line of the recorder every second.
      json_attributes_topic: `${base}/training`,
      json_attributes_template:
        "{{ {'job': value_json.job, 'outcome': value_json.result.outcome if value_json.result else none, 'reasons': value_json.result.reasons | map(attribute='text') | list if value_json.result else [], 'error': value_json.error.message if value_json.error else none, 'code': value_json.error.code if value_json.error else none} | tojson }}",
      icon: 'mdi:school-outline',
    }),
    diagnostic('training_progress', 'Training progress', {
      state_topic: `${base}/training`,
      value_template: '{{ value_json.progress * 100 }}',
      unit_of_measurement: '%',
      suggested_display_precision: 0,
      icon: 'mdi:progress-helper',
    }),
  ];
}

/** `windsurfing` as `Windsurfers`; who does something else are riders, as `Sup foil riders`. */
function ridersInWords(activity: string): string {
  const surfs = activity.endsWith('surfing');
  return inWords(surfs ? activity.replace(/surfing$/, 'surfers') : `${activity} riders`);
}

/** `sup-foil` as `Sup foil`. */
function inWords(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
