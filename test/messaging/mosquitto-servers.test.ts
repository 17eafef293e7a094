import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readableLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { activity, startLink, warnings } from './link-support.ts';
import { proxyTo } from './proxy.ts';
import { certificates, has, hasMosquitto, listener, mosquitto, QUICK, startMessaging } from './support.ts';
import { webSocketBridge } from './websocket-bridge.ts';

const DEAD = 'mqtt://127.0.0.1:1';
const QUICKLY = { ackTimeoutMs: 200, reconnectMinMs: 10, reconnectMaxMs: 50, connectTimeoutMs: 500 };

describe.skipIf(!hasMosquitto)('a list of servers', () => {
  it('goes past a dead one, and says which one is used', async () => {
    const { url } = await mosquitto();
    const { log, lines } = readableLog();
    const { link } = await startLink({ url: [DEAD, url] }, { log });
    await until(() => link.connected, 'connected');
    expect(link.address).toBe(url);
    expect(warnings(lines)).toEqual([
      expect.objectContaining({ code: 'mqtt-unreachable', msg: expect.stringContaining(DEAD) }),
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'connected', broker: url }));
  });

  it('goes on to the next when the one in use is killed, and round to the first again', async () => {
    const [first, second] = [await mosquitto(), await mosquitto()];
    const messaging = await startMessaging({
      mqtt: { ...QUICK, url: [first.url, second.url] },
    });
    await until(() => messaging.stats.connected, 'connected');
    expect([messaging.stats.server, messaging.address]).toEqual([first.url, first.url]);
    await first.kill();
    const elsewhere = await listener(second.url);
    await until(() => elsewhere.last('surf/availability') === 'online', 'the state at the second');
    expect(messaging.stats).toMatchObject({ connected: true, server: second.url, reconnects: 1 });
    await first.start();
    await second.kill();
    await until(() => messaging.stats.server === first.url, 'back at the first');
  });

  it('leaves one that is frozen, though its connection stands', async () => {
    const [first, second] = [await mosquitto(), await mosquitto()];
    const { link } = await startLink({ url: [first.url, second.url], ...QUICKLY });
    await until(() => link.connected, 'connected');
    first.freeze();
    link.publish(activity('x')).catch(() => undefined);
    await until(() => link.connected && link.address === second.url, 'at the second');
    await link.publish(activity('y'));
  });

  it('leaves a half-open connection by its keep-alive, with nothing to send', async () => {
    const [first, second] = [await mosquitto(), await mosquitto()];
    const proxy = await proxyTo(first.port);
    const { link } = await startLink({ url: [proxy.url, second.url], ...QUICKLY, keepaliveMs: 1_000 });
    await until(() => link.connected, 'connected');
    proxy.stall();
    await until(() => link.connected && link.address === second.url, 'at the second');
  });

  it('takes each as it is: its version of MQTT, its TLS, its login in the address', async ({ skip }) => {
    if (!has('openssl')) skip();
    const file = certificates('server');
    const plain = await mosquitto();
    const { port } = await mosquitto([
      'allow_anonymous true',
      `certfile ${file('server.crt')}`,
      `keyfile ${file('server.key')}`,
    ]);
    const secure = `mqtts://localhost:${port}`;
    const url = [plain.url.replace('//', '//joe:secret-5301@'), secure];
    const { log, lines } = readableLog();
    const { link } = await startLink({ url, caFile: file('ca.crt'), ...QUICKLY }, { log });
    await until(() => link.connected, 'connected');
    expect(link.address).toBe(plain.url);
    await plain.kill();
    await until(() => link.connected && link.address === secure, 'at the encrypted one');
    expect(JSON.stringify(lines)).not.toContain('5301');
  });

  it('of which none is there is tried again and again, with one word about each', async () => {
    const { log, lines } = readableLog();
    await startLink({ url: [DEAD, 'mqtt://127.0.0.1:2'], ...QUICKLY }, { log });
    await delay(300);
    expect(warnings(lines).map(({ code }) => code)).toEqual(['mqtt-unreachable', 'mqtt-unreachable']);
  });
});

describe.skipIf(!hasMosquitto)('WebSocket', () => {
  it('is spoken at the path of the address', async () => {
    const broker = await mosquitto();
    const { url } = await webSocketBridge(broker.port, '/mqtt/beach');
    const reader = await listener(broker.url);
    const { link } = await startLink({ url });
    await until(() => link.connected, 'connected');
    await link.publish(activity('x'));
    await until(() => reader.last('surf/activity') === 'x', 'the activity');
    expect(link.address).toBe(url);

    const { log, lines } = readableLog();
    await startLink({ url: url.replace('/mqtt/beach', '/elsewhere'), clientId: 'astray' }, { log });
    await until(() => warnings(lines).length > 0, 'the warning');
    expect(warnings(lines)[0]).toMatchObject({
      code: 'mqtt-unreachable',
      msg: expect.stringContaining('400'),
    });
  });

  it('is encrypted with the same settings of TLS', async ({ skip }) => {
    if (!has('openssl')) skip();
    const file = certificates('renamed');
    const broker = await mosquitto();
    const tls = { cert: file('renamed.crt'), key: file('renamed.key') };
    const { url, askedFor } = await webSocketBridge(broker.port, '/mqtt', tls);
    const caFile = file('ca.crt');
    const { log, lines } = readableLog();
    await startLink({ url, caFile, clientId: 'wrong-name' }, { log });
    await until(() => warnings(lines).length > 0, 'the warning');
    expect(warnings(lines)[0]).toMatchObject({ code: 'mqtt-tls-name' });
    await startLink({ url, clientId: 'distrustful', servername: 'beach.example' }, { log });
    await until(() => warnings(lines).length > 1, 'the other warning');
    expect(warnings(lines)[1]).toMatchObject({ code: 'mqtt-tls-untrusted' });
    const { link } = await startLink({ url, caFile, servername: 'beach.example' });
    await until(() => link.connected, 'connected');
    await link.publish(activity('x'));
    expect(askedFor).toContain('beach.example');
  });
});
