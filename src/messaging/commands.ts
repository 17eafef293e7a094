import type { Logger } from 'pino';
import { SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import { type Command, parseCommand } from './command.ts';
import type { Incoming, Message } from './connection.ts';
import type { Response, Transaction } from './payloads.ts';
import { throttle } from './throttle.ts';
import { findVerb, type Verbs } from './verbs.ts';

const MAX_RUNNING = 16;
const TIMEOUT_MS = 30_000;
/** Answers kept to be given again for a repeated transaction. */
const KEPT_ANSWERS = 256;

export interface CommandsSetup {
  readonly base: string;
  readonly verbs: Verbs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly answer: (message: Message) => void;
}

type Outcome = { readonly data: unknown } | { readonly fault: SurfwatchError };

/** A function to be given each message on the command topics: it runs the command and answers it, and never rejects. */
export function commandHandler(setup: CommandsSetup): (message: Incoming) => Promise<void> {
  const { base, clock, log } = setup;
  const commandTopic = `${base}/command`;
  const answered = new Map<string, Promise<Outcome>>();
  const mayWarn = throttle(clock, 60_000);
  let running = 0;

  async function runBounded(command: Command): Promise<Outcome> {
    if (running >= MAX_RUNNING)
      return { fault: new SurfwatchError('command-busy', 'too many commands at one time') };
    running += 1;
    try {
      return await run(command, setup);
    } finally {
      running -= 1;
    }
  }

  /** A transaction that was seen gets the outcome of its first run, also while that is still running. */
  function runOnce(command: Command): Promise<Outcome> {
    if (command.transaction === undefined) return runBounded(command);
    const key = JSON.stringify([command.verb, command.transaction]);
    const known = answered.get(key);
    if (known !== undefined) return known;
    // A command turned away was not run: its sender may repeat it.
    if (running >= MAX_RUNNING) return runBounded(command);
    const outcome = runBounded(command);
    answered.set(key, outcome);
    const [oldest] = answered.keys();
    if (answered.size > KEPT_ANSWERS && oldest !== undefined) answered.delete(oldest);
    return outcome;
  }

  return async message => {
    if (message.retained) {
      if (mayWarn())
        log.warn({ topic: message.topic }, 'ignored a retained command: delete it at the broker');
      return;
    }
    const parsed = parseCommand(message, commandTopic);
    const { verb, transaction } = parsed.ok ? parsed.command : parsed;
    const outcome = parsed.ok ? await runOnce(parsed.command) : { fault: parsed.fault };
    const payload = JSON.stringify(response(outcome, transaction));
    const asked = answerTopic(message.responseTopic, base);
    setup.answer({
      topic: asked ?? `${base}/response/${verb}`,
      payload,
      qos: 1,
      retain: false,
      ...(asked !== undefined && message.correlationData && { correlationData: message.correlationData }),
    });
  };
}

async function run(command: Command, { verbs, clock, log }: CommandsSetup): Promise<Outcome> {
  const started = clock.monotonic();
  try {
    const verb = findVerb(verbs, command.verb);
    const result = await withTimeout(clock, signal => verb.run(command.args, signal));
    // Plain JSON from here on: a repeated transaction is given what held at its first run.
    const data: unknown = JSON.parse(JSON.stringify(result ?? {}));
    log.info({ command: command.verb, ms: Math.round(clock.monotonic() - started) }, 'command done');
    return { data };
  } catch (error) {
    if (error instanceof SurfwatchError) {
      log.info({ command: command.verb, code: error.code }, 'command refused');
      return { fault: error };
    }
    log.error({ command: command.verb, err: error }, 'command failed');
    return { fault: new SurfwatchError('command-failed', `"${command.verb}" met an unexpected error`) };
  }
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
