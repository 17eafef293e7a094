/** The other end of the commands: asks a running daemon over its broker, and waits for the answer. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { type AnyVersion, connectAnyVersion } from './any-version.ts';
import type { Incoming, Publication } from './connection.ts';
import { isRefusal } from './faults.ts';
import { labelsLevel } from './label-topic.ts';
import type { MqttOptions } from './options.ts';
import type { Response } from './payloads.ts';
import { mayAnswerPicture, readJson, readResponse } from './read-response.ts';
import { DaemonError, hungUp, silence } from './requester-faults.ts';

export interface RequesterOptions extends MqttOptions {
  /** What all topics begin with: `surf`, or `surf/<site>`. */
  readonly base: string;
  readonly clock: Clock;
}

export interface RequestOptions {
  /** How long the answer may take. Default 15,000. */
  readonly timeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** Answers may hold a picture. */
const MAX_INCOMING_BYTES = 33_554_432;
const GOODBYE_MS = 300;

interface Waiting {
  readonly topic: string;
  readonly isAnswer: (response: Response, message: Incoming) => boolean;
  readonly settle: (outcome: Response | SurfwatchError) => void;
  /** Sends it again; a command only, which its transaction keeps from being carried out twice. */
  readonly repeat?: () => void;
}

/**
 * Connects to the broker of a daemon, with MQTT 5 where it speaks it.
 *
 * @throws SurfwatchError `mqtt-unreachable`, `mqtt-unauthorized`, `mqtt-refused`, `mqtt-tls-*`
 */
export async function openRequester(options: RequesterOptions): Promise<Requester> {
  const { base, clock, ...mqtt } = options;
  let requester: Requester | undefined;
  const link = await connectAnyVersion(mqtt, MAX_INCOMING_BYTES, message => requester?.take(message));
  requester = new Requester(link, { base, clock, address: link.address });
  await requester.watchAvailability();
  return requester;
}

/** Made by {@link openRequester}. */
export class Requester {
  /** The broker, without credentials. */
  readonly address: string;
  /** Resolves with the reason when the daemon says goodbye or the connection ends. */
  readonly gone: Promise<SurfwatchError>;

  readonly #link: AnyVersion;
  readonly #base: string;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();
  readonly #subscribed = new Map<string, Promise<void>>();
  readonly #trainingWatchers: ((update: unknown) => void)[] = [];
  #availability: string | undefined;
  #fault: SurfwatchError | undefined;
  #leave: (reason: SurfwatchError) => void = () => undefined;

  constructor(
    link: AnyVersion,
    setup: { readonly base: string; readonly clock: Clock; readonly address: string },
  ) {
    this.#link = link;
    this.#base = setup.base;
    this.#clock = setup.clock;
    this.address = setup.address;
    const away = new Promise<SurfwatchError>(resolve => {
      this.#leave = resolve;
    });
    this.gone = Promise.race([link.connection.ended, away]);
    void this.gone.then(fault => {
      this.#fault = fault;
      for (const { settle } of this.#waiting) settle(fault);
    });
  }

  /**
   * Has the daemon carry out a command. Every call is a transaction of its own.
   *
   * @returns `data` of the answer
   * @throws SurfwatchError the daemon's own error; `daemon-silent`, `mqtt-*` where there is no answer
   */
  request(
    verb: string,
    args: Readonly<Record<string, unknown>> = {},
    options: RequestOptions = {},
  ): Promise<unknown> {
    const transaction = randomUUID();
    const payload = JSON.stringify({ ...args, transaction });
    const isAnswer = (response: Response) => response.transaction === transaction;
    return this.#ask({ on: `command/${verb}`, payload, verb, mark: transaction, isAnswer, ...options });
  }

  /**
   * Sends a JPEG to be learnt from, and waits until it is on disk. Where MQTT 3.1.1 is spoken an answer does not say
   * which picture it is about: send them one by one.
   *
   * @param labels activities in the picture; empty: none
   * @throws SurfwatchError as `request`
   */
  publishImage(labels: readonly string[], jpeg: Buffer, options: RequestOptions = {}): Promise<unknown> {
    const mark = randomUUID();
    const on = `label/image/${labelsLevel(labels)}`;
    const isAnswer = (response: Response, { correlationData }: Incoming) =>
      correlationData === undefined
        ? mayAnswerPicture(response, labels)
        : correlationData.toString() === mark;
    return this.#ask({ on, payload: jpeg, verb: 'label', mark, isAnswer, ...options });
  }

  /** Hands over what is on the training topic: first what it holds already, then each update. */
  async watchTraining(onUpdate: (update: unknown) => void): Promise<void> {
    this.#trainingWatchers.push(onUpdate);
    await this.#subscribe(`${this.#base}/training`, true);
  }

  /** For {@link openRequester}: so that a daemon which is away need not be waited for. */
  async watchAvailability(): Promise<void> {
    // Where it may not be read, nothing is known of it.
    await this.#subscribe(`${this.#base}/availability`, true).catch(() => undefined);
  }

  /** For {@link openRequester}: a message of the broker. */
  take(message: Incoming): void {
    const { topic, payload } = message;
    if (topic === `${this.#base}/availability`) this.#takeAvailability(payload.toString());
    else if (topic === `${this.#base}/training`) {
      const update = readJson(payload);
      for (const tell of update === undefined ? [] : this.#trainingWatchers) tell(update);
    } else {
      const response = readResponse(payload);
      if (response === undefined) return;
      for (const one of this.#waiting) {
        if (one.topic === topic && one.isAnswer(response, message)) one.settle(response);
      }
    }
  }

  get connected(): boolean {
    return this.#fault === undefined;
  }

  close(): Promise<void> {
    return this.#link.connection.close(GOODBYE_MS);
  }

  #takeAvailability(value: string): void {
    const before = this.#availability;
    this.#availability = value;
    if (value !== 'offline') {
      // It has just started to listen: what was sent before never reached it.
      if (before === undefined) for (const { repeat } of this.#waiting) repeat?.();
      return;
    }
    if (before === 'online') {
      const reason = `${this.#base}/availability at ${this.address} turned to "offline"`;
      this.#leave(new SurfwatchError('daemon-silent', reason));
    }
    for (const { topic, settle } of this.#waiting) settle(this.#silence(topic));
  }

  async #ask(asked: {
    readonly on: string;
    readonly payload: string | Buffer;
    readonly verb: string;
    readonly mark: string;
    readonly isAnswer: Waiting['isAnswer'];
    readonly timeoutMs?: number;
  }): Promise<unknown> {
    const { timeoutMs = REQUEST_TIMEOUT_MS, isAnswer, mark } = asked;
    const topic = `${this.#base}/response/${asked.verb}`;
    if (this.#fault !== undefined) throw this.#fault;
    await this.#subscribe(topic);
    if (this.#availability === 'offline') throw this.#silence(topic);
    const message: Publication = {
      topic: `${this.#base}/${asked.on}`,
      payload: asked.payload,
      qos: 1,
      retain: false,
      ...(this.#link.version === 5 && {
        responseTopic: topic,
        correlationData: Buffer.from(mark),
        // Nobody waits for it any longer then.
        expiresAfterS: Math.ceil(timeoutMs / 1000),
      }),
    };
    const done = new AbortController();
    let taken = false;
    try {
      const outcome = await new Promise<Response | SurfwatchError>((settle, reject) => {
        const send = () =>
          this.#link.connection.publish(message).then(
            () => {
              taken = true;
            },
            // When the connection ends, that is the reason to tell.
            (error: unknown) => isRefusal(error) && reject(error),
          );
        const isCommand = typeof message.payload === 'string';
        const one = { topic, isAnswer, settle, ...(isCommand && { repeat: send }) };
        this.#waiting.add(one);
        done.signal.addEventListener('abort', () => this.#waiting.delete(one));
        void send();
        this.#clock.sleep(timeoutMs, done.signal).then(
          () => settle(this.#silence(topic, timeoutMs)),
          () => undefined,
        );
      });
      if (outcome instanceof SurfwatchError) {
        throw taken || outcome.code !== 'mqtt-unreachable' ? outcome : hungUp(outcome, message);
      }
      if (outcome.status === 'error') throw new DaemonError(outcome.code, outcome.error);
      return outcome.data;
    } finally {
      done.abort();
    }
  }

  #silence(topic: string, waitedMs?: number): SurfwatchError {
    return silence({
      topic,
      address: this.address,
      base: this.#base,
      availability: this.#availability,
      ...(waitedMs !== undefined && { waitedMs }),
    });
  }

  #subscribe(topic: string, retained = false): Promise<void> {
    const known = this.#subscribed.get(topic);
    if (known !== undefined) return known;
    const subscribing = this.#link.connection.subscribe([topic], { retained }).then(refusal => {
      if (refusal === undefined) return;
      const { code, message, cause } = refusal.fault;
      throw new SurfwatchError(code, `${message} at ${this.address}`, { cause });
    });
    this.#subscribed.set(topic, subscribing);
    return subscribing;
  }
}
