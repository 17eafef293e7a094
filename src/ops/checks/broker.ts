/** The broker: the one in the settings can be reached, or the embedded one can listen. */
import { randomUUID } from 'node:crypto';
import { createServer, isIPv6 } from 'node:net';
import type { Settings } from '../../config/settings.ts';
import { ERRORS, messageOf } from '../../errors.ts';
import { isLoopback } from '../../messaging/access.ts';
import { type Opened, openConnection } from '../../messaging/connection.ts';
import { withoutCredentials } from '../../messaging/faults.ts';
import { MQTT_DEFAULTS } from '../../messaging/options.ts';
import { readTls } from '../../messaging/tls.ts';
import { type Finding, fail, failed, ok, warn } from './finding.ts';

const GOODBYE_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;

export function checkBroker({ mqtt, broker }: Settings): Promise<Finding> {
  return mqtt.url === '' ? checkPort(broker) : checkAddress(mqtt);
}

async function checkAddress(mqtt: Settings['mqtt']): Promise<Finding> {
  const place = withoutCredentials(mqtt.url);
  try {
    const versions =
      mqtt.protocolVersion === 'auto' ? ([5, 4] as const) : ([mqtt.protocolVersion === '5' ? 5 : 4] as const);
    for (const version of versions) {
      const opened = await open(mqtt, version);
      if (opened.ok) {
        await opened.connection.close(GOODBYE_MS);
        return ok('broker', `${place} accepts the login, MQTT ${version === 5 ? '5' : '3.1.1'}`);
      }
      if (!opened.tryOtherVersion || version === versions.at(-1)) return failed('broker', opened.fault);
    }
    return fail(
      'broker',
      `${place} speaks no version of MQTT that is allowed`,
      'Set `mqtt.protocolVersion` to `auto`.',
    );
  } catch (error) {
    return failed('broker', error);
  }
}

/** With an id of its own: with the daemon's it would throw the daemon out. */
async function open(mqtt: Settings['mqtt'], protocolVersion: 4 | 5): Promise<Opened> {
  const { url, username, password, keepaliveMs, connectTimeoutMs } = mqtt;
  const tls = await readTls(mqtt);
  const settings = {
    url,
    clientId: `${mqtt.clientId}-doctor-${randomUUID().slice(0, 8)}`,
    protocolVersion,
    keepaliveMs,
    connectTimeoutMs: Math.min(connectTimeoutMs, LONGEST_WAIT_MS),
    maxPacketBytes: 1_048_576,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls }),
  };
  return openConnection(settings, () => {}, AbortSignal.timeout(LONGEST_WAIT_MS));
}

async function checkPort(broker: Settings['broker']): Promise<Finding> {
  const { host, port, portFallback, username, password } = broker;
  try {
    await listenOnce(host, port);
    const reach = isLoopback(host) ? 'for programs on this computer only' : 'for the network, with a login';
    return ok('broker', `embedded: ${host}:${port} is free; it listens ${reach}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') {
      return fail('broker', `${host}:${port}: ${messageOf(error)}`, ERRORS['broker-listen-failed'].remedy);
    }
    if (portFallback) return ok('broker', `embedded: ${host}:${port} is taken, the next free port will be`);
    const login = {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    };
    const url = `mqtt://${isIPv6(host) ? `[${host}]` : host}:${port}`;
    const speaks = await open({ ...MQTT_DEFAULTS, ...login, url }, 4);
    if (speaks.ok) await speaks.connection.close(GOODBYE_MS);
    return speaks.ok
      ? warn(
          'broker',
          `embedded: an MQTT broker listens on ${host}:${port} already`,
          'All is well if it is surfwatch itself that runs. Else set `mqtt.url` to use that broker, or `broker.port` to another port.',
        )
      : fail('broker', `embedded: ${host}:${port} is taken`, ERRORS['broker-port-taken'].remedy);
  }
}

function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
