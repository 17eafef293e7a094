import { describe, expect, it } from 'vitest';
import type { MqttOptions } from '../../src/messaging/options.ts';
import { readableLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { activity, startLink, warnings } from './link-support.ts';
import { certificates, has, hasMosquitto, mosquitto } from './support.ts';

const canTest = hasMosquitto && has('openssl');

/** A broker with one of the certificates of `file`. */
async function encrypted(file: (name: string) => string, name: string, config: readonly string[] = []) {
  const { port } = await mosquitto([
    'allow_anonymous true',
    `certfile ${file(`${name}.crt`)}`,
    `keyfile ${file(`${name}.key`)}`,
    ...config,
  ]);
  return { port, url: `mqtts://localhost:${port}` };
}

/** The first warning of a link with these options. */
async function warningOf(options: Partial<MqttOptions>) {
  const { log, lines } = readableLog();
  const { link } = await startLink({ ...options, clientId: 'one-that-fails' }, { log });
  await until(() => warnings(lines).length > 0, 'the warning');
  expect(link.connected).toBe(false);
  return warnings(lines)[0] ?? {};
}

describe.skipIf(!canTest)('a certificate of the broker', () => {
  it('is taken where the authority is known, with either version of MQTT', async () => {
    const file = certificates('server');
    const { url } = await encrypted(file, 'server');
    const caFile = file('ca.crt');
    for (const protocolVersion of ['5', '4'] as const) {
      const { link } = await startLink({ url, caFile, protocolVersion, clientId: protocolVersion });
      await until(() => link.connected, 'connected');
      await link.publish(activity(protocolVersion));
    }
  });

  it('of another authority is refused', async () => {
    const [file, other] = [certificates('server'), certificates()];
    const { url } = await encrypted(file, 'server');
    expect(await warningOf({ url, caFile: other('ca.crt') })).toMatchObject({
      code: 'mqtt-tls-untrusted',
      msg: expect.stringContaining(url),
      remedy: expect.stringContaining('mqtt.caFile'),
    });
  });

  it('that is out of date is refused', async () => {
    const file = certificates('expired');
    const { url } = await encrypted(file, 'expired');
    expect(await warningOf({ url, caFile: file('ca.crt') })).toMatchObject({
      code: 'mqtt-tls-expired',
      remedy: expect.stringContaining('clock'),
    });
  });

  it('for another name is refused, unless that name is asked for', async () => {
    const file = certificates('renamed');
    const { url } = await encrypted(file, 'renamed');
    const caFile = file('ca.crt');
    expect(await warningOf({ url, caFile })).toMatchObject({
      code: 'mqtt-tls-name',
      msg: expect.stringContaining('beach.example'),
      remedy: expect.stringContaining('mqtt.servername'),
    });
    const { link } = await startLink({ url, caFile, servername: 'beach.example' });
    await until(() => link.connected, 'connected');
  });

  it('is missing where the port speaks no TLS', async () => {
    const { port } = await mosquitto();
    const { code } = await warningOf({ url: `mqtts://localhost:${port}`, connectTimeoutMs: 500 });
    // Mosquitto takes the greeting for a broken packet and hangs up, or waits for more of it.
    expect(['mqtt-tls-failed', 'mqtt-unreachable']).toContain(code);
  });
});

describe.skipIf(!canTest)('a certificate of the client', () => {
  it('is required: without one, or with one of another authority, the broker does not let in', async () => {
    const [file, other] = [certificates(), certificates('client')];
    const { url } = await encrypted(file, 'server', [
      `cafile ${file('ca.crt')}`,
      'require_certificate true',
      'use_identity_as_username true',
    ]);
    const caFile = file('ca.crt');
    const remedy = expect.stringContaining('mqtt.certFile');
    expect(await warningOf({ url, caFile })).toMatchObject({ code: 'mqtt-tls-client', remedy });
    const wrong = { certFile: other('client.crt'), keyFile: other('client.key') };
    expect(await warningOf({ url, caFile, ...wrong })).toMatchObject({ code: 'mqtt-tls-client', remedy });
    const right = { certFile: file('client.crt'), keyFile: file('client.key') };
    const { link } = await startLink({ url, caFile, ...right });
    await until(() => link.connected, 'connected');
  });
});

it('refuses what cannot be used', async () => {
  const code = 'mqtt-tls-invalid';
  const start = (options: Partial<MqttOptions>) => startLink(options);
  await expect(start({ url: 'mqtt://x', servername: 'x' })).rejects.toMatchObject({ code });
  await expect(start({ url: ['mqtt://x', 'ws://y'], caFile: '/etc/hosts' })).rejects.toMatchObject({ code });
  await expect(start({ url: 'mqtts://x', servername: '127.0.0.1' })).rejects.toMatchObject({ code });
});
