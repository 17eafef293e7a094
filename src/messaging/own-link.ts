/** How the daemon reaches its embedded broker: like any other, but with a login of its own. */
import type { EmbeddedBroker } from './broker.ts';
import type { MqttOptions } from './options.ts';

export function ownLinkOptions(mqtt: MqttOptions, broker: EmbeddedBroker): MqttOptions {
  const { host, port } = broker.address;
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const { username, password, clientId } = broker.own;
  const { caFile: _ca, certFile: _cert, keyFile: _key, ...rest } = mqtt;
  return {
    ...rest,
    url: addressOf(near, port),
    username,
    password,
    clientId,
    protocolVersion: '4',
    reconnectMinMs: Math.min(100, mqtt.reconnectMinMs),
    reconnectMaxMs: Math.min(1_000, mqtt.reconnectMaxMs),
  };
}

/** `mqtt://127.0.0.1:1883`, or `mqtt://[::1]:1883`. */
export function addressOf(host: string, port: number): string {
  return `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
