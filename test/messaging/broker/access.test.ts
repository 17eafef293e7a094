/** The table of access both ways: for each topic and each role, reading and writing, at the rules and at a real broker. */
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../../scripts/docs/mqtt-page.ts';
import { accessRules, type Identity } from '../../../src/messaging/broker/access.ts';
import { ROLES, type Role, TOPIC_ACCESS, VERB_ACCESS } from '../../../src/messaging/broker/access-table.ts';
import { TOPICS } from '../../../src/messaging/topics.ts';

const rules = accessRules('surf', 'homeassistant');
const as = (role: Role, lists: Partial<Identity> = {}): Identity => ({
  name: 'x',
  role,
  read: [],
  write: [],
  ...lists,
});

const R = 'anonymous reader integration labeller operator';
const L = 'anonymous labeller operator';
const O = 'anonymous operator';
/** Said once more by hand, so that a slip in the table is noticed: who may read, who may write. */
const EXPECTED: Readonly<Record<string, readonly [read: string, write: string]>> = {
  'surf/activity': [R, ''],
  'surf/activity/state': [R, ''],
  'surf/zone/north/activity': [R, ''],
  'surf/riders': [R, ''],
  'surf/event': [R, ''],
  'surf/snapshot': [R, ''],
  'surf/availability': [R, ''],
  'surf/camera/availability': [R, ''],
  'surf/state': [R, ''],
  'surf/health': [R, ''],
  'surf/info': [R, ''],
  'surf/training': [R, ''],
  'surf/stats/hourly': [R, ''],
  'surf/problem': [R, ''],
  'surf/alert/camera-stuck': [R, ''],
  'surf/command': [O, O],
  'surf/command/retrain': [O, O],
  'surf/command/status': [O, L],
  'surf/label': [O, L],
  'surf/label/image/surfing': [O, L],
  'surf/response/status': [L, ''],
  'surf/response/retrain': [O, ''],
  'surf/no-such-topic': [O, ''],
  surf: [O, ''],
  'surf/command/a/b': [O, ''],
  'homeassistant/status': ['anonymous integration operator', 'anonymous integration operator'],
  'homeassistant/device/x/config': ['anonymous integration operator', 'anonymous integration operator'],
  'zigbee2mqtt/lamp': [O, O],
  'surfing/activity': [O, O],
  '$SYS/broker/clients': [O, ''],
  $other: ['', ''],
};

const roles = Object.keys(ROLES) as Role[];
const cases = Object.entries(EXPECTED).flatMap(([topic, [read, write]]) =>
  roles.map(role => [role, topic, read.split(' ').includes(role), write.split(' ').includes(role)] as const),
);

describe('the table', () => {
  it('decides on every topic there is, and says what is expected of it here', () => {
    expect(Object.keys(TOPIC_ACCESS).sort()).toEqual(Object.keys(TOPICS).sort());
    for (const name of Object.keys(TOPICS)) {
      const pattern = new RegExp(`^surf/${name.replaceAll(/<\w+>/g, '[^/]+')}$`);
      expect(
        Object.keys(EXPECTED).some(topic => pattern.test(topic)),
        name,
      ).toBe(true);
    }
  });

  it('decides on every verb that is answered', () => {
    expect(Object.keys(VERBS).filter(verb => !Object.hasOwn(VERB_ACCESS, verb))).toEqual([]);
  });

  it.each(cases)('%s on %s: reads %s, writes %s', (role, topic, read, write) => {
    const payload = topic === 'surf/command' ? 'retrain' : '';
    expect(rules.mayRead(as(role), topic)).toBe(read);
    expect(rules.mayWrite(as(role), topic, payload)).toBe(write);
    if (read) expect(rules.maySubscribe(as(role), topic)).toBe(true);
  });

  it.each(Object.entries(VERB_ACCESS).filter(([verb]) => verb !== 'unknown'))(
    '%s is judged alike in the topic and in the payload',
    (verb, allowed) => {
      for (const role of roles) {
        const may = allowed.includes(role);
        expect(rules.mayWrite(as(role), `surf/command/${verb}`, '')).toBe(may);
        expect(rules.mayWrite(as(role), 'surf/command', verb)).toBe(may);
        expect(rules.mayWrite(as(role), 'surf/command', JSON.stringify({ command: verb }))).toBe(may);
        expect(rules.mayRead(as(role), `surf/response/${verb}`)).toBe(may);
      }
    },
  );

  it('lets nobody smuggle a verb', () => {
    const labeller = as('labeller');
    for (const payload of [
      '{"command":"status","command":"retrain"}',
      ' retrain\n',
      '{"command":"retrain","x":1}',
    ]) {
      expect(rules.mayWrite(labeller, 'surf/command', payload), payload).toBe(false);
    }
    // What contradicts its topic is answered as malformed, and not carried out.
    expect(rules.mayWrite(labeller, 'surf/command/status', '{"command":"retrain"}')).toBe(true);
    expect(rules.mayWrite(as('reader'), 'surf/command', 'nonsense {')).toBe(false);
  });

  it('grants what a user is listed for, but never what the daemon says', () => {
    const listed = as('listed', { read: ['weather/#', 'surf/event'], write: ['surf/#', 'weather/+'] });
    expect(rules.mayRead(listed, 'weather/wind/now')).toBe(true);
    expect(rules.mayRead(listed, 'surf/event')).toBe(true);
    expect(rules.mayRead(listed, 'surf/activity')).toBe(false);
    expect(rules.mayWrite(listed, 'weather/wind', '')).toBe(true);
    expect(rules.mayWrite(listed, 'weather/wind/now', '')).toBe(false);
    expect(rules.mayWrite(listed, 'surf/activity', '')).toBe(false);
    expect(rules.mayWrite(listed, 'surf/command', 'retrain')).toBe(true);
    const one = as('reader', { write: ['surf/command/retrain'] });
    expect(rules.mayWrite(one, 'surf/command', 'retrain')).toBe(true);
    expect(rules.mayWrite(one, 'surf/command', 'rollback')).toBe(false);
  });
});

describe('subscriptions', () => {
  it.each([
    ['reader', '#', true],
    ['reader', 'surf/#', true],
    ['reader', '+/activity', true],
    ['reader', 'surf/command/#', false],
    ['reader', 'surf/response/+', false],
    ['reader', 'homeassistant/#', false],
    ['reader', '$SYS/#', false],
    ['labeller', 'surf/response/+', true],
    ['labeller', 'surf/response/rollback', false],
    ['integration', 'homeassistant/status', true],
    ['operator', '$SYS/#', true],
    ['listed', '#', false],
  ] as const)('%s to %s: %s', (role, filter, permitted) => {
    expect(rules.maySubscribe(as(role), filter)).toBe(permitted);
  });
});
