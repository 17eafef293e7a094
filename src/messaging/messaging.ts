import type { Logger } from 'pino';
import { SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import { EmbeddedBroker } from './broker.ts';
import { MqttLink } from './client.ts';
import { commandHandler } from './commands.ts';
import type { Message } from './connection.ts';
import { withoutCredentials } from './faults.ts';
import type { BrokerOptions, MqttOptions } from './options.ts';
import {
  connectionLost,
  isEmpty,
  memoryEvents,
  newOutbox,
  type Outbox,
  putAnswer,
  putEvent,
  putState,
  type Sending,
  settle,
  takeNext,
  unsentStates,
} from './outbox.ts';
import type { SurfEvent } from './payloads.ts';
import { throttle } from './throttle.ts';
import { ALERTS, type AlertId, type Payloads, type StateTopic, topicEntry } from './topics.ts';
import type { Verbs } from './verbs.ts';

/** How long a stop waits for the broker to take the last messages, and for the goodbye. */
const FLUSH_MS = 1_000;
const GOODBYE_MS = 300;
/** Only commands come in, of at most 16 kB; the rest is the topic and the properties of MQTT 5. */
const MAX_INCOMING_BYTES = 262_144;

export interface MessagingSetup {
  readonly mqtt: MqttOptions;
  readonly broker: BrokerOptions;
  /** What all topics begin with, `surf` or `surf/<site>`. */
  readonly base: string;
  /** The commands that are answered. */
  readonly verbs: Verbs;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface MessagingStats {
  readonly connected: boolean;
  /** Connections made after the first. */
  readonly reconnects: number;
  readonly events: number;
  readonly droppedEvents: number;
  /** State topics whose newest value the broker has not acknowledged. */
  readonly states: number;
  readonly droppedAnswers: number;
}

/** Everything between the daemon and the broker. What it is given while the broker is down is sent when it is back. */
export class Messaging {
  readonly #setup: MessagingSetup;
  readonly #outbox: Outbox;
  readonly #broker: EmbeddedBroker | undefined;
  readonly #mayWarn: () => boolean;
  #link: MqttLink | undefined;
  #stopped: Promise<void> | undefined;
  /** Told when everything is sent and acknowledged. */
  readonly #waiting = new Set<() => void>();

  constructor(setup: MessagingSetup) {
    this.#setup = setup;
    this.#outbox = newOutbox(memoryEvents(setup.mqtt.maxQueuedEvents));
    const { base, broker: options, clock, log } = setup;
    this.#broker = setup.mqtt.url === '' ? new EmbeddedBroker({ options, base, clock, log }) : undefined;
    this.#mayWarn = throttle(clock, 60_000);
  }

  /**
   * Starts the embedded broker, or connecting to the one at `mqtt.url`, without waiting for it.
   *
   * @throws SurfwatchError `broker-*` where the embedded broker can not start, `mqtt-tls-invalid` for a bad file.
   */
  async start(): Promise<void> {
    await this.#broker?.start();
    this.set('availability', 'online');
    for (const id of alertIds()) {
      if (!this.#outbox.states.has(`${this.#setup.base}/alert/${id}`)) this.alert(id, null);
    }
    const link = this.#newLink();
    try {
      await link.start();
    } catch (error) {
      await this.#broker?.stop();
      throw error;
    }
    this.#link = link;
  }

  /** Says `stopping` and `offline`, sends what waits if the broker takes it, and ends within about two seconds. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Gives a state topic its value. The newest is sent, now or when the broker is back. */
  set<T extends StateTopic>(topic: T, payload: Payloads[T]): void {
    putState(this.#outbox, this.#message(topic, payload));
    this.#pump();
  }

  /** Queues an event. */
  emit(event: SurfEvent): void {
    const { dropped } = this.#outbox.events;
    putEvent(this.#outbox, this.#message('event', event));
    if (this.#outbox.events.dropped > dropped && this.#mayWarn()) {
      this.#setup.log.warn(
        { droppedEvents: dropped + 1 },
        'the queue of events is full: the oldest is dropped',
      );
    }
    this.#pump();
  }

  /** Raises an alert with a text for people, or with null removes it. */
  alert(id: AlertId, text: string | null): void {
    this.set(`alert/${id}`, text ?? '');
  }

  /** Waits until everything is sent and acknowledged; resolves with false where that takes longer than `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean> {
    if (isEmpty(this.#outbox)) return Promise.resolve(true);
    const done = new AbortController();
    return new Promise(resolve => {
      const finish = (flushed: boolean) => {
        this.#waiting.delete(tell);
        resolve(flushed);
        done.abort();
      };
      const tell = () => finish(true);
      this.#waiting.add(tell);
      this.#setup.clock.sleep(timeoutMs, done.signal).then(
        () => finish(false),
        () => undefined,
      );
    });
  }

  get stats(): MessagingStats {
    const { events, droppedAnswers } = this.#outbox;
    return {
      connected: this.#link?.connected ?? false,
      reconnects: this.#link?.reconnects ?? 0,
      events: events.size,
      droppedEvents: events.dropped,
      states: unsentStates(this.#outbox),
      droppedAnswers,
    };
  }

  /** Where to subscribe, as `mqtt://127.0.0.1:1883`, without credentials. */
  get address(): string {
    if (this.#broker === undefined) return withoutCredentials(this.#setup.mqtt.url);
    const { host, port } = this.#broker.address;
    return `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  #newLink(): MqttLink {
    const { base, clock, log } = this.#setup;
    const answer = (message: Message) => {
      if (this.#link?.connected) putAnswer(this.#outbox, message);
      this.#pump();
    };
    const handle = commandHandler({ base, verbs: this.#setup.verbs, clock, log, answer });
    return new MqttLink({
      options: this.#linkOptions(),
      will: this.#message('availability', 'offline'),
      subscriptions: [`${base}/command`, `${base}/command/+`],
      maxPacketBytes: MAX_INCOMING_BYTES,
      clock,
      log,
      onConnected: () => this.#pump(),
      onDisconnected: () => connectionLost(this.#outbox),
      onMessage: message => void handle(message),
    });
  }

  /** The embedded broker is reached like any other, but with the login of the daemon itself. */
  #linkOptions(): MqttOptions {
    const { mqtt } = this.#setup;
    if (this.#broker === undefined) return mqtt;
    const { host, port } = this.#broker.address;
    const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    const { username, password, clientId } = this.#broker.own;
    const { caFile: _ca, certFile: _cert, keyFile: _key, ...rest } = mqtt;
    return {
      ...rest,
      url: `mqtt://${near.includes(':') ? `[${near}]` : near}:${port}`,
      username,
      password,
      clientId,
      protocolVersion: '4',
      reconnectMinMs: Math.min(100, mqtt.reconnectMinMs),
      reconnectMaxMs: Math.min(1_000, mqtt.reconnectMaxMs),
    };
  }

  #message<T extends StateTopic | 'event'>(topic: T, payload: Payloads[T]): Message {
    const { qos, retained } = topicEntry(topic);
    return {
      topic: `${this.#setup.base}/${topic}`,
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      qos,
      retain: retained,
    };
  }

  #pump(): void {
    const link = this.#link;
    while (link?.connected && this.#outbox.inFlight.size < link.window) {
      const next = takeNext(this.#outbox);
      if (next === undefined) break;
      void this.#send(link, next);
    }
    if (isEmpty(this.#outbox)) for (const tell of this.#waiting) tell();
  }

  async #send(link: MqttLink, sending: Sending): Promise<void> {
    try {
      await link.publish(sending.message);
    } catch (error) {
      // Otherwise the connection is ending, and the message will be sent over the next.
      if (!(error instanceof SurfwatchError && error.code === 'mqtt-refused')) return;
      if (this.#mayWarn()) this.#setup.log.warn({ code: error.code }, `message dropped: ${error.message}`);
    }
    settle(this.#outbox, sending);
    this.#pump();
  }

  async #stop(): Promise<void> {
    const { clock, log } = this.#setup;
    const link = this.#link;
    const ts = new Date(clock.now()).toISOString();
    this.set('state', { v: 1, ts, state: 'stopping', since: ts });
    this.set('availability', 'offline');
    // A broker that does not take the messages is left without a goodbye, and so sends the last will.
    const graceful = link?.connected === true && (await this.flush(FLUSH_MS));
    const lost = this.#outbox.events.size;
    if (lost > 0) log.warn({ events: lost }, 'stopped with events that the broker has not taken');
    await link?.stop({ graceful, graceMs: GOODBYE_MS });
    await this.#broker?.stop();
  }
}

function alertIds(): AlertId[] {
  return Object.keys(ALERTS).filter((id): id is AlertId => Object.hasOwn(ALERTS, id));
}
