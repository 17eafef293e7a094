import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Rate } from '../base/bucket.ts';
import type { Clock } from '../base/clock.ts';
import { MqttLink, type MqttLinkDeps } from './client.ts';
import type { Message } from './connection-options.ts';
import { Delivery } from './delivery.ts';
import { type AnnouncedBoard, type Announcer, announcerOf } from './discovery/announcer.ts';
import type { DiscoveryOptions } from './discovery/options.ts';
import { type EventStore, memoryEvents } from './event-store.ts';
import { type Forbidden, forbiddenTopics } from './forbidden.ts';
import { incomingOf } from './incoming.ts';
import { MAX_QUEUED_EVENTS, type MqttOptions } from './options.ts';
import {
  connectionLost,
  newOutbox,
  type Outbox,
  putAnswer,
  putEvent,
  putPassing,
  putState,
  unsentStates,
} from './outbox.ts';
import { EVENT_PACE } from './pace.ts';
import type { SurfEvent } from './payloads.ts';
import { serversOf } from './servers.ts';
import { alertIds, stateMessage } from './state-message.ts';
import { throttle } from './throttle.ts';
import { type AlertId, type PassingTopic, type Payloads, type StateTopic, topicEntry } from './topics.ts';
import type { CommandRegistry } from './verbs.ts';

/** How long a stop waits for the broker to take the last messages, and for the goodbye. */
const FLUSH_MS = 1_000;
const GOODBYE_MS = 300;
/** The embedded broker speaks MQTT 3.1.1, and is back at once where it ends. */
const OWN_LINK = { protocolVersion: '4', reconnectMinMs: 100, reconnectMaxMs: 500 } as const;

/** The way to a broker that lives as long as the daemon. */
export interface OwnBroker {
  /** For others: `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  /** The id that the broker keeps for this connection. */
  readonly clientId: string;
  /** Starts it where nobody has. @throws SurfwatchError `broker-*` */
  start(): Promise<void>;
  /** A connection for the daemon alone. @throws SurfwatchError `mqtt-unreachable` */
  openStream(): Duplex;
}

export interface MessagingDeps {
  readonly mqtt: MqttOptions;
  /** The embedded broker, where `mqtt.url` is empty. Whoever made it stops it. */
  readonly broker?: OwnBroker;
  /** What all topics begin with, `surf` or `surf/<site>`. */
  readonly base: string;
  /** What is answered; more may be added after the start. */
  readonly commands: CommandRegistry;
  /** How Home Assistant is told of the board; without it, or where it is not enabled, it is told nothing. */
  readonly discovery?: DiscoveryOptions;
  /** Where events wait; it is started and stopped here. Default: in memory. */
  readonly events?: EventStore;
  /** How fast waiting events go out. Default 100 a second after the first 20. */
  readonly eventPace?: Rate;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface MessagingStats {
  readonly connected: boolean;
  /** The broker that is connected, without credentials. */
  readonly server: string | null;
  /** Connections made after the first. */
  readonly reconnects: number;
  readonly events: number;
  readonly droppedEvents: number;
  /** State topics whose newest value the broker has not acknowledged. */
  readonly states: number;
  readonly droppedAnswers: number;
}

/** Told of all that is said, whether or not the broker can be reached; never waited for. */
export interface MessagingListener {
  /** A topic below the base, without the picture, and its new value; `''` where it is removed. */
  readonly onState: (topic: string, value: unknown) => void;
  readonly onEvent: (event: SurfEvent) => void;
}

/** Everything between the daemon and the broker. What it is given while the broker is down is sent when it is back. */
export class Messaging {
  readonly #deps: MessagingDeps;
  readonly #outbox: Outbox;
  readonly #broker: OwnBroker | undefined;
  readonly #announcer: Announcer | undefined;
  readonly #mayWarn: () => boolean;
  readonly #delivery: Delivery;
  readonly #forbidden: Forbidden;
  readonly #listeners: MessagingListener[] = [];
  #link: MqttLink | undefined;
  #stopped: Promise<void> | undefined;
  /** The alerts that `problem` named last, as JSON. */
  #problem: string | undefined;

  constructor(deps: MessagingDeps) {
    this.#deps = deps;
    const { base, clock, log } = deps;
    this.#outbox = newOutbox(deps.events ?? memoryEvents(MAX_QUEUED_EVENTS), `${base}/event`);
    this.#forbidden = forbiddenTopics({ base, log, alert: text => this.alert('broker-forbids', text) });
    this.#delivery = new Delivery({
      outbox: this.#outbox,
      eventPace: deps.eventPace ?? EVENT_PACE,
      clock,
      log,
      onEventFault: text => this.alert('events-not-kept', text),
      onPublished: this.#forbidden.published,
    });
    this.#broker = deps.broker;
    this.#announcer = announcerOf(deps, this.#outbox, () => this.#delivery.pump());
    this.#mayWarn = throttle(clock, 60_000);
  }

  /**
   * Starts the embedded broker, or connecting to the one at `mqtt.url`, without waiting for it.
   *
   * @throws SurfwatchError `broker-*` where the embedded broker cannot start, `mqtt-tls-invalid` for a bad file.
   */
  async start(): Promise<void> {
    await this.#broker?.start();
    this.#outbox.events.start();
    this.set('availability', 'online');
    for (const id of alertIds()) {
      if (!this.#outbox.states.has(`${this.#deps.base}/alert/${id}`)) this.alert(id, null);
    }
    const link = this.#newLink();
    try {
      await link.start();
    } catch (error) {
      this.#outbox.events.stop();
      throw error;
    }
    this.#link = link;
    this.#delivery.start(link);
  }

  /** Says `stopping` and `offline`, sends what waits if the broker takes it, and ends within about two seconds. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Gives a state topic its value. The newest is sent, now or when the broker is back. */
  set<T extends StateTopic>(topic: T, payload: Payloads[T]): void {
    const message = stateMessage(this.#deps.base, topic, payload);
    const isNew = this.#outbox.states.get(message.topic)?.payload !== message.payload;
    putState(this.#outbox, message);
    this.#delivery.pump();
    if (isNew) for (const { onState } of this.#listeners) onState(topic, payload);
  }

  /** A listener is told of all present values first. */
  subscribe(listener: MessagingListener): void {
    this.#listeners.push(listener);
    const prefix = `${this.#deps.base}/`;
    for (const { topic, payload } of this.#outbox.states.values()) {
      if (typeof payload !== 'string' || payload === '' || !topic.startsWith(prefix)) continue;
      const value: unknown = payload.startsWith('{') ? JSON.parse(payload) : payload;
      listener.onState(topic.slice(prefix.length), value);
    }
  }

  /** Tells Home Assistant of the board, where that is wanted: once it is known what runs, and when that changes. */
  announce(board: AnnouncedBoard): void {
    this.#announcer?.announce(board);
  }

  /** Says something for the moment: it is sent at once, or never. */
  pass<T extends PassingTopic>(topic: T, payload: Payloads[T]): void {
    if (this.#link?.connected !== true) return;
    putPassing(this.#outbox, stateMessage(this.#deps.base, topic, payload));
    this.#delivery.pump();
  }

  /** Puts a JPEG on `snapshot`, or with null removes it. Like a state: only the newest is sent. */
  setSnapshot(jpeg: Buffer | null): void {
    const { qos, retained: retain } = topicEntry('snapshot');
    putState(this.#outbox, { topic: `${this.#deps.base}/snapshot`, payload: jpeg ?? '', qos, retain });
    this.#delivery.pump();
  }

  /** Queues an event: where events are kept on disk it is there when this returns. */
  emit(event: SurfEvent): void {
    const { events } = this.#outbox;
    const before = events.dropped;
    putEvent(this.#outbox, JSON.stringify(event));
    if (events.dropped > before && this.#mayWarn()) {
      const droppedEvents = events.dropped;
      this.#deps.log.warn({ droppedEvents }, 'the queue of events is full: the oldest is dropped');
    }
    this.#delivery.pump();
    for (const { onEvent } of this.#listeners) onEvent(event);
  }

  /** Raises an alert with a text for people, or with null removes it. */
  alert(id: AlertId, text: string | null): void {
    this.set(`alert/${id}`, text ?? '');
    const alerts = this.alertTexts;
    const fresh = JSON.stringify(alerts);
    if (fresh === this.#problem) return;
    this.#problem = fresh;
    const ts = new Date(this.#deps.clock.now()).toISOString();
    this.set('problem', { v: 1, ts, problem: this.alerts.length > 0, alerts });
  }

  /** Waits until everything is sent and acknowledged; resolves with false where that takes longer than `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean> {
    return this.#delivery.flush(timeoutMs);
  }

  get stats(): MessagingStats {
    const { events, droppedAnswers } = this.#outbox;
    return {
      connected: this.#link?.connected ?? false,
      server: this.#link?.connected ? this.#link.address : null,
      reconnects: this.#link?.reconnects ?? 0,
      events: events.size,
      droppedEvents: events.dropped,
      states: unsentStates(this.#outbox),
      droppedAnswers,
    };
  }

  /** Ids of the alerts that are raised. */
  get alerts(): readonly AlertId[] {
    return alertIds().filter(id => this.#textOf(id) !== '');
  }

  /** The alerts that are raised, each with its text. */
  get alertTexts(): Record<string, string> {
    return Object.fromEntries(this.alerts.map(id => [id, this.#textOf(id)]));
  }

  #textOf(id: AlertId): string {
    return String(this.#outbox.states.get(`${this.#deps.base}/alert/${id}`)?.payload ?? '');
  }

  /** Where to subscribe, as `mqtt://127.0.0.1:1883`, without credentials. */
  get address(): string {
    return this.#broker?.address ?? this.#link?.address ?? serversOf(this.#deps.mqtt)[0]?.address ?? '';
  }

  #newLink(): MqttLink {
    const { clock, log } = this.#deps;
    const answer = (message: Message) => {
      if (this.#link?.connected) putAnswer(this.#outbox, message);
      this.#delivery.pump();
    };
    const { subscriptions, maxPacketBytes, onMessage } = incomingOf(
      {
        ...this.#deps,
        others: this.#announcer?.listens ?? {},
      },
      answer,
    );
    return new MqttLink({
      ...this.#way(),
      will: stateMessage(this.#deps.base, 'availability', 'offline'),
      subscriptions,
      maxPacketBytes,
      clock,
      log,
      onConnected: () => this.#delivery.pump(),
      onDisconnected: () => connectionLost(this.#outbox),
      onSubscribed: this.#forbidden.subscribed,
      onMessage,
    });
  }

  /** How to the broker: over the network, or by the pipe to the embedded one. */
  #way(): Pick<MqttLinkDeps, 'options' | 'openStream'> {
    const { mqtt: options } = this.#deps;
    const broker = this.#broker;
    if (broker === undefined) return { options };
    return {
      options: { ...options, ...OWN_LINK, clientId: broker.clientId, url: broker.address },
      openStream: () => broker.openStream(),
    };
  }

  async #stop(): Promise<void> {
    const { clock, log } = this.#deps;
    const link = this.#link;
    this.#announcer?.stop();
    const ts = new Date(clock.now()).toISOString();
    this.set('state', { v: 1, ts, state: 'stopping', since: ts });
    this.set('availability', 'offline');
    // A broker that does not take the messages is left without a goodbye, and so sends the last will.
    if (link?.connected) await this.#delivery.flush(FLUSH_MS, true);
    const graceful = link?.connected === true && unsentStates(this.#outbox) === 0;
    this.#delivery.stop();
    await link?.stop({ graceful, graceMs: GOODBYE_MS });
    const { events } = this.#outbox;
    events.stop();
    if (events.volatile > 0)
      log.warn({ events: events.volatile }, 'stopped with events that the broker has not acknowledged');
  }
}
