/** The figures of `<base>/health` as sensors. Units are those Home Assistant allows with each device class. */
import type { Entity } from './entity.ts';

interface Figure {
  readonly key: string;
  readonly name: string;
  /** Where in the payload. */
  readonly value: string;
  /** The part of it that may be null. */
  readonly nullable?: string;
  readonly unit: string;
  readonly deviceClass: string;
  readonly digits: number;
}

const FIGURES: readonly Figure[] = [
  {
    key: 'frame_rate',
    name: 'Frame rate',
    value: 'rateHz',
    unit: 'Hz',
    deviceClass: 'frequency',
    digits: 2,
  },
  {
    key: 'latency_p95',
    name: 'Latency p95',
    value: 'latencyMs.p95',
    nullable: 'latencyMs',
    unit: 'ms',
    deviceClass: 'duration',
    digits: 0,
  },
  {
    key: 'memory',
    name: 'Memory',
    value: 'memory.rssMB',
    unit: 'MB',
    deviceClass: 'data_size',
    digits: 0,
  },
  {
    key: 'disk_free',
    name: 'Free disk space',
    value: 'diskFreeMB',
    nullable: 'diskFreeMB',
    unit: 'MB',
    deviceClass: 'data_size',
    digits: 0,
  },
  {
    key: 'cpu_temperature',
    name: 'CPU temperature',
    value: 'cpuTemperatureC',
    nullable: 'cpuTemperatureC',
    unit: '°C',
    deviceClass: 'temperature',
    digits: 0,
  },
];

/** @param expireS seconds after which a figure is no longer known */
export function healthSensors(topic: string, expireS: number): Entity[] {
  return FIGURES.map(({ key, name, value, nullable, unit, deviceClass, digits }) => ({
    key,
    platform: 'sensor',
    name,
    off: true,
    config: {
      state_topic: topic,
      value_template: templateOf(value, nullable),
      device_class: deviceClass,
      unit_of_measurement: unit,
      state_class: 'measurement',
      suggested_display_precision: digits,
      expire_after: expireS,
      entity_category: 'diagnostic',
    },
  }));
}

/** `None` stands for Home Assistant's unknown. */
function templateOf(value: string, nullable?: string): string {
  const known = `value_json.${value}`;
  return nullable === undefined
    ? `{{ ${known} }}`
    : `{{ 'None' if value_json.${nullable} is none else ${known} }}`;
}
