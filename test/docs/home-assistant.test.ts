import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { discoveryMessage } from '../../src/messaging/discovery/message.ts';
import { topicEntry } from '../../src/messaging/topics.ts';
import { render } from '../messaging/discovery/render.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { blocks, pages } from './pages.ts';

const PAGE = 'docs/home-assistant.md';
const { payload: message } = discoveryMessage({
  base: 'surf',
  site: 'north-pier',
  version: '0.1.0',
  activities: ['surfing', 'windsurfing', 'kitesurfing'],
  zones: [],
  verbs: ['retrain'],
  heartbeatMs: 60_000,
  options: DEFAULTS.discovery,
});
const components: Record<string, { default_entity_id: string; name: string; enabled_by_default?: boolean }> =
  JSON.parse(message).cmps;
/** Of what is on without further ado. */
const ids = Object.values(components).flatMap(({ default_entity_id, enabled_by_default = true }) =>
  enabled_by_default ? [default_entity_id] : [],
);

const yaml = blocks('yaml').filter(({ page }) => page === PAGE);
const [dashboard, automations] = yaml.map(({ text }) => parse(text));

/** Whatever looks like the id of an entity, anywhere in a document. */
function entitiesIn(node: unknown): string[] {
  if (typeof node === 'string')
    return /^(sensor|binary_sensor|event|button|switch)\.\w+$/.test(node) ? [node] : [];
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(entitiesIn);
}

test('the dashboard shows entities that there are', () => {
  const shown = entitiesIn(dashboard);
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter(id => !ids.includes(id))).toEqual([]);
  for (const view of dashboard.views) for (const card of view.cards) expect(card.type).toMatch(/^[a-z-]+$/);
});

interface Automation {
  readonly alias: string;
  readonly triggers: readonly { trigger: string; entity_id: string | string[]; to?: string }[];
  readonly conditions?: readonly { condition: string; value_template: string }[];
  readonly actions: readonly { action: string; data: { message: string } }[];
}

describe('the automations', () => {
  const all: readonly Automation[] = automations;

  it('are three', () => {
    expect(all).toHaveLength(3);
  });

  it.each(all.map(one => [one.alias, one] as const))(
    '%s: listens to what there is',
    (_, { triggers, actions }) => {
      const listened = entitiesIn(triggers);
      expect(listened.length).toBeGreaterThan(0);
      expect(listened.filter(id => !ids.includes(id))).toEqual([]);
      // YAML would read a bare on as true.
      for (const { to, entity_id } of triggers) {
        if ([entity_id].flat().every(id => id.startsWith('binary_sensor.'))) expect(to).toBe('on');
      }
      expect(actions.map(({ action }) => action)).toEqual(['notify.notify']);
    },
  );

  /** What a template of an automation makes of an entity's attributes; `trigger` stands at the place of `value_json`. */
  const words = (template: string, attributes: unknown) =>
    render(template.replaceAll('trigger.', 'value_json.'), { to_state: { attributes } });

  it('tell how long a session was, and of nothing else', () => {
    const [condition] = all[1]?.conditions ?? [];
    const [action] = all[1]?.actions ?? [];
    const told = EXAMPLES.event
      .map(({ payload }) => ({ ...payload, event_type: payload.type }))
      .filter(attributes => /true/i.test(words(condition?.value_template ?? '', attributes)));
    expect(told.map(attributes => words(action?.data.message ?? '', attributes))).toEqual([
      'windsurfing ended after 68 minutes, with 6 at most.',
    ]);
  });

  it('tell what is wrong', () => {
    const [action] = all[2]?.actions ?? [];
    const alerts = { 'camera-lost': 'no picture', 'disk-full': 'no room' };
    expect(words(action?.data.message ?? '', { alerts })).toBe('no picture; no room');
  });
});

test('the page has every kind of entity', () => {
  const text = pages().find(({ name }) => name === PAGE)?.text ?? '';
  const named = Object.entries(components).filter(([key]) => !/^(present|zone)_/.test(key));
  expect(named.map(([, { name }]) => name).filter(name => !text.includes(name))).toEqual([]);
});

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly topic?: string;
  readonly broker?: string;
  readonly func?: string;
  readonly payload?: string;
  readonly wires?: readonly (readonly string[])[];
}

describe('the Node-RED flow', () => {
  const flow: readonly FlowNode[] = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, 'docs', 'node-red-flow.json'), 'utf8'),
  );
  const byId = new Map(flow.map(node => [node.id, node]));

  it('is wired to nodes that there are', () => {
    expect(byId.size).toBe(flow.length);
    for (const { wires = [], z, broker, type } of flow) {
      for (const id of wires.flat()) expect(byId.has(id)).toBe(true);
      if (z !== undefined) expect(byId.get(z)?.type).toBe('tab');
      if (type.startsWith('mqtt ')) expect(byId.get(broker ?? '')?.type).toBe('mqtt-broker');
    }
  });

  const ofMqtt = flow.filter(({ type }) => type.startsWith('mqtt '));
  it.each(ofMqtt.map(node => [node.topic ?? '', node] as const))(
    'uses %s in its direction',
    (topic, { type }) => {
      const { direction } = topicEntry(topic.replace(/^surf\//, ''));
      expect(type).toBe(direction === 'out' ? 'mqtt in' : 'mqtt out');
    },
  );

  /** Runs the function behind the node that listens to a topic, with each example of it. */
  function said(topic: keyof typeof EXAMPLES | 'response/retrain', payloads: readonly unknown[]): unknown[] {
    const start = flow.find(node => node.topic === `surf/${topic}`);
    const code = byId.get(start?.wires?.[0]?.[0] ?? '')?.func ?? '';
    const kept = new Map<string, unknown>();
    const context = {
      get: (name: string) => kept.get(name),
      set: (name: string, v: unknown) => kept.set(name, v),
    };
    const run = new Function('msg', 'context', code);
    return payloads.map(payload => run({ payload: structuredClone(payload) }, context)?.payload ?? null);
  }
  const examples = (topic: keyof typeof EXAMPLES) => EXAMPLES[topic].map(({ payload }) => payload as unknown);

  it('says what is sent in words', () => {
    expect(said('activity', examples('activity'))).toEqual(['windsurfing (91 %)', 'cannot tell: dark']);
    const [none] = EXAMPLES.activity.map(({ payload }) => ({ ...payload, activity: 'none', activities: [] }));
    expect(said('activity', [none])).toEqual(['nobody']);
    const [started, ended, model] = examples('event');
    expect(said('event', [started, ended, ended, model])).toEqual([
      'windsurfing begins (beach)',
      'windsurfing ended after 68 min (beach)',
      null,
      null,
    ]);
    const failed = {
      ...EXAMPLES.training[0].payload,
      state: 'failed',
      error: { code: 'disk-full', message: 'no room for the new head' },
    };
    expect(said('training', [...examples('training'), failed])).toEqual([
      'training, 62 %',
      'promoted: 2026-06-01T10-44Z-b85e. Macro-F1 on the base set (512 judged) went from 88.4\u{a0}% to 88.1\u{a0}%. Macro-F1 on the held-out frames of the board (9 judged) went from 61.1\u{a0}% to 87.7\u{a0}%.',
      expect.stringMatching(/^held: 2026-06-01T10-44Z-b85e waits for approval. In 61 of 96 frames/),
      'failed: no room for the new head (disk-full)',
    ]);
    const answers = [
      { v: 1, status: 'ok', data: { job: '01J' } },
      { v: 1, status: 'error', code: 'retrain-busy', error: 'job 01J runs' },
    ];
    for (const answer of answers) topicEntry('response/retrain').payload.parse(answer);
    expect(said('response/retrain', answers)).toEqual(['job 01J', 'retrain-busy: job 01J runs']);
  });
});
