/** Keeps Home Assistant told of the board: at the start, when its entities change, and when Home Assistant was restarted. */
import type { Clock } from '../../base/clock.ts';
import type { Incoming } from '../connection.ts';
import type { Message } from '../connection-options.ts';
import { isStateSent, type Outbox, putState, repeatState } from '../outbox.ts';
import type { Info } from '../payloads.ts';
import type { CommandRegistry } from '../verbs.ts';
import { type Board, entitiesOf } from './entities.ts';
import type { Entity } from './entity.ts';
import { discoveryMessage } from './message.ts';
import type { DiscoveryOptions } from './options.ts';

/** In which Home Assistant removes what an announcement says is gone. */
export const SETTLE_MS = 10_000;
/** Home Assistant asks for a random delay after its birth message, so that not all devices speak at once. */
export const BIRTH_DELAY_MS = 2_000;

/** What an announcement tells of the board: what runs on it, and what of it is published. */
export type AnnouncedBoard = Pick<Info, 'site' | 'version'> & Omit<Board, 'base' | 'verbs'>;

export interface AnnouncerDeps {
  readonly options: DiscoveryOptions;
  readonly base: string;
  /** The commands that are answered by the time of an announcement. */
  readonly verbs: () => readonly string[];
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Sends a retained message, also where it is the same again. */
  readonly send: (message: Message) => void;
  /** Whether the broker has acknowledged the newest message of a topic. */
  readonly isSent: (topic: string) => boolean;
}

export class Announcer {
  /** The topics to subscribe to, each with what handles its messages. */
  readonly listens: Readonly<Record<string, (message: Incoming) => void>>;

  readonly #deps: AnnouncerDeps;
  #board: AnnouncedBoard | undefined;
  #entities: readonly Entity[] = [];
  #gone: readonly Entity[] = [];
  /** Ends what is still to be done for the announcement before. */
  #round = new AbortController();

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
    this.listens = { [`${deps.options.prefix}/status`]: message => this.#onStatus(message) };
  }

  /** Entities that were announced before and that this board does not have, as of an activity, are removed. */
  announce(board: AnnouncedBoard): void {
    this.#board = board;
    const entities = entitiesOf(this.#described(board));
    const keys = new Set(entities.map(({ key }) => key));
    this.#gone = [...this.#gone, ...this.#entities].filter(({ key }) => !keys.has(key));
    this.#entities = entities;
    this.#send();
  }

  stop(): void {
    this.#round.abort();
  }

  /** Home Assistant says `online` when it has started, and wants to be told then. A retained one is of no news. */
  #onStatus({ payload, retained }: Incoming): void {
    if (retained || payload.toString() !== 'online') return;
    this.#send(this.#deps.random() * BIRTH_DELAY_MS);
  }

  #send(delayMs = 0): void {
    this.#round.abort();
    this.#round = new AbortController();
    // Aborted by the next announcement, or at the end.
    this.#run(delayMs, this.#round.signal).catch(() => undefined);
  }

  async #run(delayMs: number, signal: AbortSignal): Promise<void> {
    const { clock, send, isSent } = this.#deps;
    if (delayMs > 0) await clock.sleep(delayMs, signal);
    const message = this.#message();
    if (message === undefined) return;
    send(message);
    if (this.#gone.length === 0) return;
    do {
      await clock.sleep(SETTLE_MS, signal);
    } while (!isSent(message.topic));
    this.#gone = [];
    // Home Assistant asks for a second message, without the components that the first removed.
    const rest = this.#message();
    if (rest !== undefined) send(rest);
  }

  #message(): Message | undefined {
    const board = this.#board;
    if (board === undefined) return undefined;
    const { options } = this.#deps;
    return discoveryMessage({ ...this.#described(board), options, gone: this.#gone });
  }

  #described(board: AnnouncedBoard) {
    const { base, verbs } = this.#deps;
    return { ...board, base, verbs: verbs() };
  }
}

/** An announcer that speaks through the outbox, if one is wanted. @param pump has the outbox sent */
export function announcerOf(
  deps: {
    readonly discovery?: DiscoveryOptions;
    readonly base: string;
    readonly commands: Pick<CommandRegistry, 'names'>;
    readonly clock: Clock;
  },
  outbox: Outbox,
  pump: () => void,
): Announcer | undefined {
  const { discovery, base, commands, clock } = deps;
  if (discovery?.enabled !== true) return undefined;
  return new Announcer({
    options: discovery,
    base,
    verbs: () => commands.names,
    clock,
    random: Math.random,
    send: message => {
      putState(outbox, message);
      repeatState(outbox, message.topic);
      pump();
    },
    isSent: topic => isStateSent(outbox, topic),
  });
}
