/** The answer to a command or a label that its sender may not send. */
import type { AedesPublishPacket } from 'aedes';
import { SurfwatchError } from '../../errors.ts';
import { parseCommand } from '../command.ts';
import type { Message } from '../connection-options.ts';
import { answerTo } from '../outcome.ts';
import type { Transaction } from '../payloads.ts';
import type { Identity } from './access.ts';

/** Whether the daemon would answer a message on the topic. */
export function isAnswered(topic: string, base: string): boolean {
  return (
    topic === `${base}/command` ||
    topic === `${base}/label` ||
    isBelow(topic, `${base}/command`) ||
    isBelow(topic, `${base}/label/image`)
  );
}

/** The error `command-forbidden` as the daemon would answer it. */
export function refusalAnswer(packet: AedesPublishPacket, base: string, { name, role }: Identity): Message {
  const { verb, transaction } = askedFor(packet, base);
  const fault = new SurfwatchError('command-forbidden', `user "${name}" (${role}) may not send "${verb}"`);
  return answerTo({}, { base, verb, outcome: { fault }, transaction });
}

function askedFor(
  { topic, payload }: AedesPublishPacket,
  base: string,
): { readonly verb: string; readonly transaction?: Transaction } {
  if (isBelow(topic, `${base}/label/image`)) return { verb: 'label' };
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
  const parsed = parseCommand({ topic, payload: bytes, retained: false }, base);
  return parsed.ok ? parsed.command : parsed;
}

function isBelow(topic: string, level: string): boolean {
  return topic.startsWith(`${level}/`);
}
