import * as z from 'zod';
import { SurfwatchError } from '../errors.ts';
import type { Incoming } from './connection.ts';
import { commandSchema, type Transaction, transactionSchema } from './payloads.ts';

/**
 * Reading of commands: `<base>/command` or `<base>/command/<verb>`, with JSON, a bare verb or nothing in it; and
 * `<base>/label`, which is the verb `label`.
 */

export const MAX_COMMAND_BYTES = 16_384;
/** Objects and lists in one another. Far more than any command has, and far fewer than what recurses over them can take. */
export const MAX_COMMAND_DEPTH = 32;
/** Stands for the verb in the topic of an answer where none could be read. */
const UNKNOWN_VERB = 'unknown';

export interface Command {
  readonly verb: string;
  /** All fields but `command`, `transaction` and `ts`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly transaction?: Transaction;
  /** When it was sent, in ms since the epoch by the clock of the sender, where that says so. */
  readonly sentMs?: number;
}

/** Either a command, or why there is none, with what could be read for the answer. */
export type ParsedCommand =
  | { readonly ok: true; readonly command: Command }
  | {
      readonly ok: false;
      readonly fault: SurfwatchError;
      readonly verb: string;
      readonly transaction?: Transaction;
    };

const VERB = /^[a-z][a-z0-9-]{0,31}$/;

/** @param base what all topics begin with */
export function parseCommand(message: Incoming, base: string): ParsedCommand {
  const inTopic = verbIn(message.topic, base);
  const known = inTopic !== undefined && VERB.test(inTopic) ? inTopic : UNKNOWN_VERB;
  const broken = (reason: string, verb = known, transaction?: Transaction): ParsedCommand => ({
    ok: false,
    fault: new SurfwatchError('command-malformed', reason),
    verb,
    ...(transaction !== undefined && { transaction }),
  });

  if (inTopic !== undefined && !VERB.test(inTopic)) return broken('the last level of the topic is no verb');
  if (message.payload.length > MAX_COMMAND_BYTES) {
    return broken(`a command has at most ${MAX_COMMAND_BYTES} bytes, this one has ${message.payload.length}`);
  }
  const text = message.payload.toString().trim();
  if (text === '') {
    return inTopic === undefined ? broken('the command is empty') : accepted(inTopic, {});
  }
  if (VERB.test(text)) {
    if (inTopic !== undefined && inTopic !== text)
      return broken(`the topic says ${inTopic}, the payload ${text}`);
    return accepted(text, {});
  }
  if (isDeeperThan(text, MAX_COMMAND_DEPTH)) {
    return broken(`the command has objects or lists in more than ${MAX_COMMAND_DEPTH} others`);
  }
  const json = parseObject(text);
  if (json === undefined) return broken('the command is neither a bare verb nor a JSON object');
  const { command, transaction, ts, ...args } = json;
  // The answer to a broken command bears its transaction too, where that can be read.
  const mark = transactionSchema.optional().safeParse(transaction).data;
  const verb = inTopic ?? command;
  const answerTo = typeof verb === 'string' && VERB.test(verb) ? verb : known;
  // A label is as right when it comes late: it is about a frame of its time.
  const isLabel = message.topic === `${base}/label`;
  const checked = commandSchema.safeParse({ ...json, ts: isLabel ? undefined : ts });
  if (!checked.success) return broken(z.prettifyError(checked.error), answerTo, mark);
  if (typeof verb !== 'string') return broken('"command" is missing', answerTo, mark);
  if (!VERB.test(verb)) return broken('"command" is no verb', answerTo, mark);
  if (command !== undefined && command !== verb) {
    return broken(`the topic says ${verb}, the payload another verb`, answerTo, mark);
  }
  return accepted(verb, args, mark, checked.data.ts);
}

function verbIn(topic: string, base: string): string | undefined {
  if (topic === `${base}/label`) return 'label';
  return topic === `${base}/command` ? undefined : topic.slice(`${base}/command/`.length);
}

function accepted(
  verb: string,
  args: Command['args'],
  transaction?: Transaction,
  ts?: string | number,
): ParsedCommand {
  const command: Command = {
    verb,
    args,
    ...(transaction !== undefined && { transaction }),
    ...(ts !== undefined && { sentMs: typeof ts === 'number' ? ts : Date.parse(ts) }),
  };
  return { ok: true, command };
}

/** Whether brackets are open in more than `most` others: told from the text, before it is parsed. */
export function isDeeperThan(text: string, most: number): boolean {
  let [depth, isText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isText && character === '\\') at += 1;
    else if (character === '"') isText = !isText;
    else if (!isText && (character === '{' || character === '[')) depth += 1;
    else if (!isText && (character === '}' || character === ']')) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
