import { describe, expect, test } from 'vitest';
import { errorOf, load, loadContent } from './support.ts';

const urlOf = (loaded: ReturnType<typeof load>) => loaded.settings.mqtt.url;
const shownUrl = (loaded: ReturnType<typeof load>) =>
  loaded.effective.find(({ path }) => path === 'mqtt.url')?.shown;
const faultsOf = (url: unknown) =>
  errorOf(() => loadContent({ mqtt: { url } })).faults.map(({ path, reason }) => [path, reason]);

describe('mqtt.url', () => {
  test('is one address as a plain text, or a list', () => {
    expect(urlOf(loadContent({ mqtt: { url: 'mqtt://a' } }))).toBe('mqtt://a');
    expect(urlOf(loadContent({ mqtt: { url: ['mqtt://a', 'wss://b:8084/mqtt'] } }))).toEqual([
      'mqtt://a',
      'wss://b:8084/mqtt',
    ]);
  });

  test.each([
    ['mqtt://a, mqtts://b:8883', ['mqtt://a', 'mqtts://b:8883']],
    ['["mqtt://a","mqtt://b"]', ['mqtt://a', 'mqtt://b']],
    ['mqtt://me:one,two@a', 'mqtt://me:one,two@a'],
    ['ws://a/x,y', 'ws://a/x,y'],
    ['', ''],
  ])('in a text %s', (text, url) => {
    expect(urlOf(load({ set: [`mqtt.url=${text}`] }))).toEqual(url);
    expect(urlOf(load({ env: { SURFWATCH_MQTT_URL: text } }))).toEqual(url);
  });

  test('that is no list of addresses is a fault of its place', () => {
    expect(faultsOf([])).toEqual([['mqtt.url', expect.stringContaining('a server at least')]]);
    expect(faultsOf(['mqtt://a', 'http://b', 7]).map(([path]) => path)).toEqual([
      'mqtt.url[1]',
      'mqtt.url[2]',
    ]);
    expect(faultsOf(7)[0]?.[0]).toBe('mqtt.url');
  });

  test('never shows a login, and what is shown is not taken for one', () => {
    const loaded = load({ set: ['mqtt.url=mqtt://a:pw-5301@h1,mqtts://b:pw-5301@h2'] });
    expect(shownUrl(loaded)).toEqual(['mqtt://[secret]@h1', 'mqtts://[secret]@h2']);
    expect(faultsOf(['mqtt://h1', 'mqtt://[secret]@h2'])[0]?.[1]).toContain('config print');
    const wrong = errorOf(() => load({ set: ['mqtt.url=mqtt://a:pw-5301@h1,ftp://b:pw-5301@h2'] }));
    expect(JSON.stringify(wrong.faults)).not.toContain('5301');
    const twice = errorOf(() =>
      loadContent({ mqtt: { url: ['mqtt://h1', 'mqtt://a:b@h2'], username: 'x' } }),
    );
    expect(twice.faults).toContainEqual(expect.objectContaining({ kind: 'contradiction', path: 'mqtt.url' }));
  });
});

describe('boards of one broker', () => {
  const clientId = (set: string[]) => load({ set }).settings.mqtt.clientId;

  test('have client ids of their own in a fleet', () => {
    expect(clientId([])).toBe('surfwatch');
    expect(clientId(['site=north'])).toBe('surfwatch');
    expect(clientId(['site=north', 'fleet=true'])).toBe('surfwatch-north');
    expect(clientId(['site=north', 'fleet=true', 'mqtt.clientId=mine'])).toBe('mine');
  });

  test.each(['camera', 'alert', 'command', 'activity'])('have no site called %s in a fleet', site => {
    const { faults } = errorOf(() => load({ set: [`site=${site}`, 'fleet=true'] }));
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'contradiction', path: 'site' }));
    expect(load({ set: [`site=${site}`] }).settings.site).toBe(site);
  });
});
