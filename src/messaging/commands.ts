import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { SurfwatchError } from '../errors.ts';
import { type Command, type ParsedCommand, parseCommand } from './command.ts';
import type { Incoming } from './connection.ts';
import type { Message } from './connection-options.ts';
import { type Asked, answerTo, askedBy, isKept, type Outcome, outcomeOf } from './outcome.ts';
import type { CommandRegistry, Verb } from './verbs.ts';

const MAX_RUNNING = 16;
/** A command that was sent longer ago is not run: what it asked for may have been done by hand since. */
const MAX_COMMAND_AGE_MS = 300_000;
/** Those that run, and repeated transactions that wait for them. */
const MAX_WAITING = 64;
/** Answers kept to be given again for a repeated transaction. */
const KEPT_ANSWERS = 256;
/** A longer answer holds a picture: that is only read, and can as well be read again. */
const MAX_KEPT_CHARACTERS = 65_536;

export interface CommandsDeps {
  readonly base: string;
  readonly commands: Pick<CommandRegistry, 'verb'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly answer: (message: Message) => void;
}

/**
 * A function to be given each message on the command topics and on `<base>/label`: it runs the command and answers it,
 * and never rejects. What it holds is bounded, however many messages come.
 */
export function commandHandler(deps: CommandsDeps): (message: Incoming) => Promise<void> {
  const { base, commands } = deps;
  const answered = new Map<string, Ran>();
  let running = 0;
  let waiting = 0;

  async function run(verb: Verb, { verb: name, args }: Command): Promise<Outcome> {
    running += 1;
    try {
      return await outcomeOf(name, signal => verb.run(args, signal), deps);
    } finally {
      running -= 1;
    }
  }

  /** Or why there is none: it may be there when the sender repeats the command. */
  function found(name: string): Verb | SurfwatchError {
    try {
      return commands.verb(name);
    } catch (error) {
      if (!(error instanceof SurfwatchError)) throw error;
      deps.log.info({ command: name, code: error.code }, 'command refused');
      return error;
    }
  }

  /**
   * A transaction that was seen gets the outcome of its first run, also while that is still running; with other arguments
   * it is refused, as that outcome would be no answer to them.
   */
  async function runOnce(command: Command): Promise<Outcome> {
    const key =
      command.transaction === undefined ? undefined : JSON.stringify([command.verb, command.transaction]);
    const known = key === undefined ? undefined : answered.get(key);
    const args = key === undefined ? '' : fingerprintOf(command.args);
    if (known !== undefined && known.args !== args) {
      return {
        fault: new SurfwatchError(
          'transaction-reused',
          `transaction ${JSON.stringify(command.transaction)} was used for "${command.verb}" with other arguments`,
        ),
      };
    }
    // A command turned away was not run: its sender may repeat it.
    if (waiting > MAX_WAITING || (known === undefined && running >= MAX_RUNNING)) {
      return { fault: new SurfwatchError('command-busy', 'too many commands at one time') };
    }
    if (known !== undefined) return known.outcome;
    const stale = staleness(command.sentMs, deps.clock.now(), MAX_COMMAND_AGE_MS);
    if (stale !== undefined) return { fault: new SurfwatchError('command-stale', stale) };
    const verb = found(command.verb);
    if (verb instanceof SurfwatchError) return { fault: verb };
    const outcome = run(verb, command);
    if (key !== undefined) void remember(key, { args, outcome });
    return outcome;
  }

  async function remember(key: string, ran: Ran): Promise<void> {
    answered.set(key, ran);
    const [oldest] = answered.keys();
    if (answered.size > KEPT_ANSWERS && oldest !== undefined) answered.delete(oldest);
    if (!isKept(await ran.outcome, MAX_KEPT_CHARACTERS)) answered.delete(key);
  }

  async function settle(parsed: ParsedCommand, asked: Asked): Promise<void> {
    waiting += 1;
    const outcome = parsed.ok ? await runOnce(parsed.command) : { fault: parsed.fault };
    waiting -= 1;
    const { verb, transaction } = parsed.ok ? parsed.command : parsed;
    deps.answer(answerTo(asked, { base, verb, outcome, transaction }));
  }

  // Not async: the bytes of the message are not held while it is dealt with.
  return message => settle(parseCommand(message, base), askedBy(message));
}

/** A command with a transaction that was run. */
interface Ran {
  readonly args: string;
  readonly outcome: Promise<Outcome>;
}

/** The same for the same arguments in whatever order; short, however long they are. */
function fingerprintOf(args: Command['args']): string {
  const sorted = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(args, sorted)).digest('base64');
}

/** A clock before this was never set: a sender without a battery begins in 1970 or 2000. */
const NEVER_SET_MS = Date.UTC(2020, 0, 1);

/**
 * Why a command is too old to be run; undefined where it is not.
 *
 * Only a time that is past counts. A board that wakes up in the past, as one without a battery for its clock does,
 * takes commands from what it thinks is the future; a sender whose clock was never set says nothing by its time.
 *
 * @param sentMs by the clock of the sender; undefined where it does not say
 * @param nowMs by the clock of this board
 */
function staleness(sentMs: number | undefined, nowMs: number, maxAgeMs: number): string | undefined {
  if (sentMs === undefined || sentMs < NEVER_SET_MS || nowMs - sentMs <= maxAgeMs) return undefined;
  const [sent, now] = [new Date(sentMs).toISOString(), new Date(nowMs).toISOString()];
  return `it says it was sent at ${sent}, and here it is ${now}: more than ${formatDuration(maxAgeMs)} later`;
}
