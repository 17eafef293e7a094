/** How the daemon reaches its embedded broker: like any other, but with a login of its own. */
import type { EmbeddedBroker } from './broker.ts';
import { MQTT_PACE, type MqttOptions } from './options.ts';

export function ownLinkOptions(mqtt: MqttOptions, broker: EmbeddedBroker): MqttOptions {
  const { host, port } = broker.ownAddress;
  const { username, password, clientId } = broker.own;
  const { reconnectMinMs, reconnectMaxMs } = { ...MQTT_PACE, ...mqtt };
  const { caFile: _ca, certFile: _cert, keyFile: _key, servername: _name, ...rest } = mqtt;
  return {
    ...rest,
    url: addressOf(host, port),
    username,
    password,
    clientId,
    protocolVersion: '4',
    reconnectMinMs: Math.min(100, reconnectMinMs),
    reconnectMaxMs: Math.min(1_000, reconnectMaxMs),
  };
}

/** `mqtt://127.0.0.1:1883`, or `mqtts://[::1]:8883`. */
export function addressOf(host: string, port: number, isEncrypted = false): string {
  return `${isEncrypted ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
