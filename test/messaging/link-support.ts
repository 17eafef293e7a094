/** A link to a broker, and what it says. */
import { onTestFinished } from 'vitest';
import { MqttLink, type MqttLinkSetup } from '../../src/messaging/client.ts';
import type { Incoming } from '../../src/messaging/connection.ts';
import type { MqttOptions } from '../../src/messaging/options.ts';
import { silent } from '../support/log.ts';
import { clock, QUICK } from './support.ts';

const WILL = { topic: 'surf/availability', payload: 'offline', qos: 1, retain: true } as const;

/** A started link; cut at the end of the test. */
export async function startLink(options: Partial<MqttOptions>, setup: Partial<MqttLinkSetup> = {}) {
  const messages: Incoming[] = [];
  const seen = { connected: 0, disconnected: 0 };
  const link = new MqttLink({
    options: { ...QUICK, ...options },
    will: WILL,
    subscriptions: ['surf/command', 'surf/command/+'],
    maxPacketBytes: 20_000,
    clock,
    log: silent,
    onConnected: () => void seen.connected++,
    onDisconnected: () => void seen.disconnected++,
    onMessage: message => void messages.push(message),
    ...setup,
  });
  await link.start();
  onTestFinished(() => link.stop({ graceful: false, graceMs: 0 }));
  return { link, messages, seen };
}

export const activity = (payload: string) =>
  ({ topic: 'surf/activity', payload, qos: 1, retain: true }) as const;

export const warnings = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ level }) => level === 40);
