import { describe, expect, it, test } from 'vitest';
import { EXAMPLES } from '../../../scripts/docs/examples/all.ts';
import { parseCommand } from '../../../src/messaging/command.ts';
import {
  type Announced,
  discoveryMessage,
  removalMessage,
} from '../../../src/messaging/discovery/message.ts';
import { eventSchema, stateSchema } from '../../../src/messaging/payloads.ts';
import { TOPICS, topicEntry } from '../../../src/messaging/topics.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { type DeviceDiscovery, deviceDiscovery, TOPIC, withoutAbbreviations } from './home-assistant.ts';
import { render } from './render.ts';

const BOARD: Announced = {
  base: 'surf/north-pier',
  site: 'north-pier',
  version: '0.1.0',
  activities: ['surfing', 'windsurfing', 'kitesurfing'],
  zones: ['north', 'south'],
  verbs: ['status', 'retrain', 'pause', 'resume'],
  heartbeatMs: 60_000,
  snapshot: true,
  options: DEFAULTS.discovery,
};

function read(board: Announced): DeviceDiscovery {
  return deviceDiscovery.parse(withoutAbbreviations(JSON.parse(discoveryMessage(board).payload)));
}

const whole = read(BOARD);
const components = Object.entries(whole.components);

function component<P extends string>(key: string, platform: P, of: DeviceDiscovery = whole) {
  const found = of.components[key];
  if (found?.platform !== platform) throw new Error(`no ${platform} ${key}`);
  return found as Extract<typeof found, { platform: P; unique_id: string }>;
}

/** A topic of the message as one of `topics.ts`. */
function entryOf(topic: string) {
  expect(topic.startsWith('surf/north-pier/')).toBe(true);
  return topicEntry(topic.slice('surf/north-pier/'.length));
}

describe('the message', () => {
  it('goes retained to the topic of a device', () => {
    const { topic, qos, retain } = discoveryMessage(BOARD);
    expect(topic).toBe('homeassistant/device/surfwatch_north-pier/config');
    expect(topic).toMatch(TOPIC);
    expect({ qos, retain }).toEqual({ qos: 1, retain: true });
  });

  it.each([
    ['all that may be there', BOARD],
    ['a board without zones that only answers status', { ...BOARD, zones: [], verbs: ['status'] }],
    ['a head that knows nothing yet', { ...BOARD, activities: [] }],
    ['all options', { ...BOARD, options: { enabled: true, prefix: 'ha/x', name: 'Pier' } }],
    [
      'an entity that is no more',
      { ...BOARD, gone: [{ key: 'present_sup', platform: 'binary_sensor' as const }] },
    ],
  ])('keeps the rules of Home Assistant with %s', (_, board) => {
    expect(() => read(board)).not.toThrow();
  });

  it('would be found to break them', () => {
    const broken = (change: (payload: { cmps: Record<string, Record<string, unknown>> }) => void) => {
      const payload = JSON.parse(discoveryMessage(BOARD).payload);
      change(payload);
      return deviceDiscovery.safeParse(withoutAbbreviations(payload)).success;
    };
    expect(broken(() => undefined)).toBe(true);
    expect(broken(({ cmps }) => delete cmps.activity?.unique_id)).toBe(false);
    expect(broken(({ cmps }) => Object.assign(cmps.memory ?? {}, { unit_of_measurement: 'Mb' }))).toBe(false);
    expect(broken(({ cmps }) => Object.assign(cmps.activity ?? {}, { state_class: 'measurement' }))).toBe(
      false,
    );
    expect(broken(({ cmps }) => Object.assign(cmps.event ?? {}, { event_tpyes: [] }))).toBe(false);
  });

  it('fits into one packet of the embedded broker by far', () => {
    expect(Buffer.byteLength(discoveryMessage(BOARD).payload)).toBeLessThan(65_536);
  });

  it('names ids and entities once, and no entity after the device', () => {
    const ids = components.flatMap(([, entity]) => ('unique_id' in entity ? [entity.unique_id] : []));
    expect(new Set(ids).size).toBe(components.length);
    const names = components.map(([, entity]) =>
      'name' in entity ? `${entity.platform} ${entity.name}` : '',
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter(name => name.includes(whole.device.name))).toEqual([]);
  });

  it('does not collide with that of another board of a fleet', () => {
    const other = { ...BOARD, site: 'south-pier', base: 'surf/south-pier' };
    expect(discoveryMessage(other).topic).not.toBe(discoveryMessage(BOARD).topic);
    expect(read(other).device.identifiers).not.toEqual(whole.device.identifiers);
    const ids = new Set(
      Object.values(read(other).components).map(entity => 'unique_id' in entity && entity.unique_id),
    );
    expect(components.some(([, entity]) => 'unique_id' in entity && ids.has(entity.unique_id))).toBe(false);
  });

  it('has the name of the site, and so have its ids', () => {
    expect(whole.device).toMatchObject({ name: 'Surfwatch north-pier' });
    expect(component('present_surfing', 'binary_sensor').default_entity_id).toBe(
      'binary_sensor.surfwatch_north_pier_present_surfing',
    );
  });

  it('removes an entity by its platform alone', () => {
    const gone = [{ key: 'present_sup', platform: 'binary_sensor' as const }];
    expect(read({ ...BOARD, gone }).components.present_sup).toEqual({ platform: 'binary_sensor' });
  });

  it('is taken back by an empty one', () => {
    const { topic } = discoveryMessage(BOARD);
    expect(removalMessage('homeassistant', 'north-pier')).toEqual({
      topic,
      payload: '',
      qos: 1,
      retain: true,
    });
  });
});

describe('the topics', () => {
  it.each(components)('of %s are the board’s own', (_, entity) => {
    if ('state_topic' in entity) expect(entryOf(entity.state_topic).direction).toBe('out');
    if ('json_attributes_topic' in entity && entity.json_attributes_topic !== undefined)
      expect(entryOf(entity.json_attributes_topic).direction).toBe('out');
    if ('command_topic' in entity) expect(entryOf(entity.command_topic).direction).toBe('in');
    if ('image_topic' in entity)
      expect(entryOf(entity.image_topic)).toMatchObject({ direction: 'out', retained: true });
    // Only state that is retained is there when Home Assistant starts.
    if ('state_topic' in entity)
      expect(entryOf(entity.state_topic).retained).toBe(entity.platform !== 'event');
  });

  it('of availability are the process alone, and the camera for what it shows', () => {
    const topics = (list: readonly { topic: string }[] = []) => list.map(({ topic }) => topic);
    expect(whole.availability_mode).toBe('all');
    expect(topics(whole.availability)).toEqual(['surf/north-pier/availability']);
    const both = ['surf/north-pier/availability', 'surf/north-pier/camera/availability'];
    const withCamera = components.filter(([, entity]) => 'availability' in entity && entity.availability);
    expect(withCamera.map(([key]) => key)).toEqual([
      'activity',
      'present_surfing',
      'present_windsurfing',
      'present_kitesurfing',
      'riders_surfing',
      'riders_windsurfing',
      'riders_kitesurfing',
      'zone_north',
      'zone_south',
    ]);
    for (const [, entity] of withCamera)
      expect('availability' in entity && topics(entity.availability)).toEqual(both);
    for (const topic of both) expect(entryOf(topic).payload.safeParse('online').success).toBe(true);
  });

  it('of commands take what is sent to them', () => {
    const command = (topic: string, payload: string) =>
      parseCommand({ topic, payload: Buffer.from(payload), retained: false }, BOARD.base);
    const { command_topic: retrain, payload_press } = component('retrain', 'button');
    expect(command(retrain, payload_press)).toEqual({ ok: true, command: { verb: 'retrain', args: {} } });
    const { command_topic: pause, payload_on, payload_off } = component('pause', 'switch');
    expect(command(pause, payload_on)).toMatchObject({ command: { verb: 'pause' } });
    expect(command(pause, payload_off)).toMatchObject({ command: { verb: 'resume' } });
  });

  it('of pictures are there only where they are published', () => {
    expect(component('snapshot', 'image').image_topic).toBe('surf/north-pier/snapshot');
    expect(Object.keys(read({ ...BOARD, snapshot: false }).components)).not.toContain('snapshot');
  });

  it('are given up with what is not answered', () => {
    const { components: few } = read({ ...BOARD, verbs: ['status', 'pause'] });
    expect(Object.keys(few)).not.toContain('retrain');
    expect(Object.keys(few)).not.toContain('pause');
  });
});

/** The examples of `docs/mqtt.md` that come on a topic, and what a template makes of each. */
function rendered(key: string): string[] {
  const entity = whole.components[key];
  if (entity === undefined || !('state_topic' in entity)) throw new Error(`no entity ${key} with a state`);
  const { value_template: template = '' } = entity;
  const topic = entity.state_topic.slice(BOARD.base.length + 1);
  const examples = Object.values(EXAMPLES).flat();
  return examples.filter(example => example.topic === topic).map(({ payload }) => render(template, payload));
}

describe('the values', () => {
  it.each([
    ['activity', ['windsurfing', 'None']],
    ['present_surfing', ['OFF', 'None']],
    ['present_windsurfing', ['ON', 'None']],
    ['riders_surfing', ['0', 'None']],
    ['riders_windsurfing', ['4', 'None']],
    ['zone_north', ['windsurfing']],
    ['problem', ['ON']],
    ['state', ['degraded', 'night', 'closed', 'paused']],
    ['minutes_surfing', ['51.9']],
    ['minutes_kitesurfing', ['0']],
    ['minutes_watched', ['281.4']],
    ['model', ['2026-05-30T20-11Z-7f3c']],
    ['training', ['training', 'done', 'held']],
    ['frame_rate', ['0.5']],
    ['latency_p95', ['88.4']],
    ['memory', ['168']],
    ['disk_free', ['11873']],
    ['cpu_temperature', ['54.3']],
    ['pause', ['OFF', 'OFF', 'OFF', 'ON']],
  ])('of %s are read', (key, values) => {
    expect(rendered(key)).toEqual(values);
  });

  it('of the training are per cent', () => {
    expect(rendered('training_progress').map(Number)).toEqual([62, 100, 100]);
  });

  it('of a training that failed, or was decided, tell why', () => {
    const { json_attributes_topic, json_attributes_template = '' } = component('training', 'sensor');
    expect(json_attributes_topic).toBe(`${BOARD.base}/training`);
    const running = EXAMPLES.training[0].payload;
    const done = EXAMPLES.training[1]?.payload;
    const error = { code: 'disk-full', message: 'no room for "head": 3 MB' };
    const told = [running, done, { ...running, state: 'failed', error }].map(payload =>
      JSON.parse(render(json_attributes_template, payload)),
    );
    const nothing = { outcome: null, reasons: [], error: null, code: null };
    expect(told).toEqual([
      { ...nothing, job: running.job },
      {
        ...nothing,
        job: done?.job,
        outcome: 'promoted',
        reasons: done?.result?.reasons.map(({ text }) => text),
      },
      { ...nothing, job: running.job, error: error.message, code: error.code },
    ]);
  });

  it('of figures that are not known are none', () => {
    const [{ payload }] = EXAMPLES.health;
    const none = { ...payload, latencyMs: null, cpuTemperatureC: null, diskFreeMB: null };
    for (const key of ['latency_p95', 'cpu_temperature', 'disk_free'])
      expect(render(component(key, 'sensor').value_template ?? '', none)).toBe('None');
  });

  it('of a paused board switch it', () => {
    const [{ payload }] = EXAMPLES.state;
    const { value_template, state_on } = component('pause', 'switch');
    expect(render(value_template, { ...payload, state: 'paused' })).toBe(state_on);
  });

  it('of a problem are all alerts with their texts, and off where there are none', () => {
    const { value_template = '', json_attributes_template = '' } = component('problem', 'binary_sensor');
    const [{ payload }] = EXAMPLES.problem;
    expect(render(value_template, { ...payload, problem: false, alerts: {} })).toBe('OFF');
    const alerts = { 'camera-lost': 'it said "no" & more', 'disk-full': 'full' };
    expect(JSON.parse(render(json_attributes_template, { ...payload, alerts }))).toEqual({ alerts });
  });

  it('of a count are 0 of what the message does not name, and unknown only where nothing is counted', () => {
    const { value_template = '' } = component('riders_surfing', 'sensor');
    const [{ payload }] = EXAMPLES.activity;
    expect(render(value_template, { ...payload, count: { windsurfing: 4 } })).toBe('0');
    const { count: _, ...uncounted } = payload;
    expect(render(value_template, uncounted)).toBe('None');
  });

  it('of events have their kind, and all that was sent', () => {
    const { event_types, value_template } = component('event', 'event');
    for (const { payload } of EXAMPLES.event) {
      const { event_type, ...rest } = JSON.parse(render(value_template, payload));
      expect(event_types).toContain(event_type);
      expect(rest).toEqual(payload);
    }
    expect(event_types).toEqual(eventSchema.options.map(({ shape }) => shape.type.value));
  });

  it('of lists are all that can come', () => {
    expect(component('activity', 'sensor').options).toEqual([...BOARD.activities, 'none']);
    expect(component('state', 'sensor').options).toEqual(stateSchema.shape.state.options);
  });

  it('are lost after three heartbeats', () => {
    expect(component('activity', 'sensor').expire_after).toBe(180);
    expect(component('memory', 'sensor').expire_after).toBe(180);
    expect(component('state', 'sensor').expire_after).toBeUndefined();
  });
});

test('a dozen entities are on, beside zones and pictures, and who wants more switches it on', () => {
  const { components: all } = read({ ...BOARD, zones: [], snapshot: false });
  const isOn = (key: string) => !('enabled_by_default' in (all[key] ?? {}));
  expect(Object.keys(all).filter(isOn)).toEqual([
    'activity',
    'present_surfing',
    'present_windsurfing',
    'present_kitesurfing',
    'riders_surfing',
    'riders_windsurfing',
    'riders_kitesurfing',
    'event',
    'retrain',
    'pause',
    'problem',
    'state',
  ]);
  expect(
    Object.values(all).every(
      entity => !('enabled_by_default' in entity) || entity.enabled_by_default === false,
    ),
  ).toBe(true);
});

test('riders are called by what they do', () => {
  const { components: named } = read({ ...BOARD, activities: ['kitesurfing', 'sup-foil'] });
  const names = ['riders_kitesurfing', 'riders_sup-foil'].map(key => named[key]);
  expect(names).toMatchObject([{ name: 'Kitesurfers' }, { name: 'Sup foil riders' }]);
});

test('every kind of state has an entity', () => {
  const used = components.map(([, entity]) => {
    if ('image_topic' in entity) return entryOf(entity.image_topic);
    return 'state_topic' in entity ? entryOf(entity.state_topic) : undefined;
  });
  const shown = new Set(used);
  const without = Object.entries(TOPICS).filter(
    ([, entry]) => entry.direction === 'out' && !shown.has(entry),
  );
  // Bare words for simple clients, riders for maps, alerts one by one, answers, and the availability of the entities.
  expect(without.map(([name]) => name)).toEqual([
    'activity/state',
    'riders',
    'availability',
    'camera/availability',
    'alert/<id>',
    'response/<verb>',
  ]);
});
