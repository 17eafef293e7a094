/** The minutes of `<base>/stats/hourly` as sensors, for the long-term statistics of Home Assistant. */
import type { Entity } from './entity.ts';

/**
 * Sums that only grow until midnight and then begin anew: `total_increasing`, whose fall Home Assistant takes for a new
 * cycle (https://developers.home-assistant.io/docs/core/entity/sensor/#long-term-statistics).
 */
export function minutesToday(topic: string, activities: readonly string[]): Entity[] {
  const sensor = (key: string, name: string, value: string, more: Entity['config'] = {}): Entity => ({
    key,
    platform: 'sensor',
    name,
    off: true,
    config: {
      state_topic: topic,
      value_template: `{{ ${value} }}`,
      device_class: 'duration',
      unit_of_measurement: 'min',
      state_class: 'total_increasing',
      suggested_display_precision: 0,
      icon: 'mdi:timer-outline',
      ...more,
    },
  });
  const seen = activities.map(activity =>
    sensor(
      `minutes_${activity}`,
      `Minutes ${activity.replaceAll('-', ' ')} today`,
      // Quoted: `sup-foil` would be a difference.
      `value_json.today.minutes[${JSON.stringify(activity)}] | default(0)`,
    ),
  );
  return [...seen, sensor('minutes_watched', 'Minutes watched today', 'value_json.today.watched')];
}
