/** From something that was asked for over MQTT to its answer. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import type { Incoming } from './connection.ts';
import type { Message } from './connection-options.ts';
import type { Response, Transaction } from './payloads.ts';

const TIMEOUT_MS = 30_000;

/** How it went. `characters`: of `data` as JSON. */
export type Outcome =
  | { readonly data: unknown; readonly characters: number }
  | { readonly fault: SurfwatchError };

export function isKept(outcome: Outcome, maxCharacters: number): boolean {
  return !('data' in outcome) || outcome.characters <= maxCharacters;
}

/** Where an answer goes: all that is kept of a message while it is dealt with. */
export type Asked = Pick<Incoming, 'responseTopic' | 'correlationData'>;

export function askedBy({ responseTopic, correlationData }: Incoming): Asked {
  return {
    ...(responseTopic !== undefined && { responseTopic }),
    // A copy: mqtt.js gives a piece of the whole packet, which would be held by it.
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
  };
}

export interface Answer {
  /** What all topics begin with. */
  readonly base: string;
  readonly verb: string;
  readonly outcome: Outcome;
  readonly transaction?: Transaction | undefined;
}

/** Does the work within 30 seconds, and never rejects. An unexpected error is logged, and not shown to who asked. */
export async function outcomeOf(
  name: string,
  work: (signal: AbortSignal) => unknown,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<Outcome> {
  const started = clock.monotonic();
  try {
    const json = JSON.stringify((await withTimeout(clock, work)) ?? {});
    log.info({ command: name, ms: Math.round(clock.monotonic() - started) }, 'command done');
    // Plain JSON from here on: a repeated transaction is given what held at its first run.
    return { data: JSON.parse(json), characters: json.length };
  } catch (error) {
    if (error instanceof SurfwatchError) {
      log.info({ command: name, code: error.code }, 'command refused');
      return { fault: error };
    }
    log.error({ command: name, err: error }, 'command failed');
    return { fault: new SurfwatchError('command-failed', `"${name}" met an unexpected error`) };
  }
}

export function answerTo(
  { responseTopic, correlationData }: Asked,
  { base, verb, outcome, transaction }: Answer,
): Message {
  const asked = answerTopic(responseTopic, base);
  return {
    topic: asked ?? `${base}/response/${verb}`,
    payload: JSON.stringify(response(outcome, transaction)),
    qos: 1,
    retain: false,
    ...(asked !== undefined && correlationData && { correlationData }),
  };
}

async function withTimeout(clock: Clock, work: (signal: AbortSignal) => unknown): Promise<unknown> {
  const overdue = new AbortController();
  const done = new AbortController();
  const timeout = clock.sleep(TIMEOUT_MS, done.signal).then(() => {
    const fault = new SurfwatchError('command-timeout', `no result within ${TIMEOUT_MS} ms`);
    overdue.abort(fault);
    throw fault;
  });
  // When the work is done first, the sleep is aborted and rejects with nobody waiting.
  timeout.catch(() => undefined);
  try {
    return await Promise.race([work(overdue.signal), timeout]);
  } finally {
    done.abort();
  }
}

function response(outcome: Outcome, transaction: Transaction | undefined): Response {
  const mark = transaction !== undefined && { transaction };
  if ('data' in outcome) return { v: 1, status: 'ok', data: outcome.data, ...mark };
  const { code, message } = outcome.fault;
  return { v: 1, status: 'error', error: message, code, ...mark };
}

/**
 * The response topic of MQTT 5, unless it would make the daemon speak where only its own values belong, or is no
 * topic to publish on.
 */
function answerTopic(topic: string | undefined, base: string): string | undefined {
  if (topic === undefined || topic === '' || /[+#\0]/.test(topic) || topic.startsWith('$')) return undefined;
  const reserved = topic === base || topic.startsWith(`${base}/`);
  return reserved && !topic.startsWith(`${base}/response/`) ? undefined : topic;
}
