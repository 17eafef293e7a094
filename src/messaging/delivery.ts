import type { Logger } from 'pino';
import type { Rate } from '../base/bucket.ts';
import type { Clock } from '../base/clock.ts';
import type { MqttLink } from './client.ts';
import type { Outcome } from './event-store.ts';
import { isRefusal } from './faults.ts';
import { isEmpty, type Outbox, type Sending, settle, takeNext } from './outbox.ts';
import { startPace } from './pace.ts';
import { throttle } from './throttle.ts';

export interface DeliveryDeps {
  readonly outbox: Outbox;
  readonly eventPace: Rate;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when events cannot be kept as they should, with the reason, and with null when they can again. */
  readonly onEventFault: (text: string | null) => void;
  /** Told of each message that was acknowledged, or that the broker's rules of access forbid. */
  readonly onPublished: (sending: Sending, isForbidden: boolean) => void;
}

/** Sends what waits in the outbox: as much at a time as the connection takes, events at a pace. */
export class Delivery {
  readonly #deps: DeliveryDeps;
  /** Everything is sent and acknowledged. */
  readonly #drained;
  readonly #isInPace: () => boolean;
  readonly #mayWarn: () => boolean;
  readonly #stopping = new AbortController();
  #link: MqttLink | undefined;
  #hurries = false;
  #eventFault: string | undefined;

  constructor(deps: DeliveryDeps) {
    const { clock, eventPace } = deps;
    this.#deps = deps;
    this.#drained = newMoment(clock);
    this.#isInPace = startPace(eventPace, clock, this.#stopping.signal, () => this.pump());
    this.#mayWarn = throttle(clock, 60_000);
  }

  /** @param link what is sent over whenever it is connected; it calls {@link pump} then */
  start(link: MqttLink): void {
    this.#link = link;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** To be called when the outbox or the connection has changed. */
  pump(): void {
    const { outbox } = this.#deps;
    const link = this.#link;
    while (link?.connected && outbox.inFlight.size < link.window) {
      const next = takeNext(outbox, () => this.#mayEvent());
      if (next === undefined) break;
      void this.#send(link, next);
    }
    if (isEmpty(outbox)) this.#drained.tell();
    this.#tellEventFault();
  }

  /**
   * Waits until everything is sent and acknowledged; resolves with false where that takes longer than `timeoutMs`.
   *
   * @param hurry from now on, events that would be lost with the process go as fast as they can
   */
  flush(timeoutMs: number, hurry = false): Promise<boolean> {
    if (hurry) this.#hurries = true;
    return isEmpty(this.#deps.outbox) ? Promise.resolve(true) : this.#drained.within(timeoutMs);
  }

  #mayEvent(): boolean {
    return (this.#hurries && this.#deps.outbox.events.volatile > 0) || this.#isInPace();
  }

  async #send(link: MqttLink, sending: Sending): Promise<void> {
    const { outbox, log, onPublished } = this.#deps;
    let outcome: Outcome = 'delivered';
    let isForbidden = false;
    try {
      await link.publish(sending.message);
    } catch (error) {
      // Otherwise the connection is ending, and the message will be sent over the next.
      if (!isRefusal(error)) return;
      isForbidden = error.code === 'mqtt-forbidden';
      if (this.#mayWarn()) log.warn({ code: error.code }, `message dropped: ${error.message}`);
      outcome = 'refused';
    }
    onPublished(sending, isForbidden);
    settle(outbox, sending, outcome);
    this.pump();
  }

  #tellEventFault(): void {
    const { outbox, log, onEventFault } = this.#deps;
    const { fault } = outbox.events;
    if (fault?.message === this.#eventFault) return;
    this.#eventFault = fault?.message;
    if (fault === null) {
      log.info('events are kept on disk again');
      onEventFault(null);
      return;
    }
    const text = `events are kept in memory only: ${fault.message}`;
    log.error({ code: fault.code, remedy: fault.remedy }, text);
    onEventFault(text);
  }
}

/** Something that may be waited for. */
interface Moment {
  /** Resolves with true when it comes, with false where that takes longer than `timeoutMs`. */
  within(timeoutMs: number): Promise<boolean>;
  /** It has come: all who wait go on. */
  tell(): void;
}

function newMoment(clock: Clock): Moment {
  const waiting = new Set<() => void>();
  return {
    within: timeoutMs => {
      const done = new AbortController();
      return new Promise(resolve => {
        const finish = (came: boolean) => {
          waiting.delete(come);
          resolve(came);
          done.abort();
        };
        const come = () => finish(true);
        waiting.add(come);
        clock.sleep(timeoutMs, done.signal).then(
          () => finish(false),
          () => undefined,
        );
      });
    },
    tell: () => {
      for (const come of waiting) come();
    },
  };
}
