import { expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { heardDaemon } from './support.ts';

const TOPIC = 'homeassistant/device/surfwatch_pier/config';

it('announces itself to Home Assistant, with what its head tells apart and its zones', async () => {
  const zones = JSON.stringify([{ name: 'north', x: 0, y: 0.2, w: 0.5, h: 0.6 }]);
  const { heard } = await heardDaemon([
    ...['camera.kind=simulator', 'site=pier', `zones=${zones}`],
    'discovery.enabled=true',
  ]);
  await heard.mqtt.subscribeAsync('homeassistant/#');
  await until(() => [TOPIC, 'surf/info'].every(topic => heard.last(topic) !== undefined), 'the announcement');
  const { dev, cmps } = JSON.parse(heard.last(TOPIC) ?? '');
  expect(dev).toMatchObject({ name: 'Surfwatch pier' });
  const { activities } = JSON.parse(heard.last('surf/info') ?? '');
  expect(cmps.activity.options).toEqual([...activities, 'none']);
  expect(cmps.activity.expire_after).toBe(3);
  expect(cmps.zone_north.state_topic).toBe('surf/zone/north/activity');
  expect(cmps.retrain.command_topic).toBe('surf/command/retrain');
});
