/** What the daemon listens to, and who takes it. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { commandHandler } from './commands.ts';
import type { Incoming } from './connection.ts';
import type { Message } from './connection-options.ts';
import { labelImageHandler, type TakesPictures } from './label-images.ts';
import { imageTopic } from './label-topic.ts';
import { throttle } from './throttle.ts';
import type { Verbs } from './verbs.ts';

/** A command has at most 16 kB; the rest is the topic and the properties of MQTT 5. */
const MAX_COMMAND_PACKET_BYTES = 262_144;
/** More than a picture may have, so that one that is somewhat too large is told so. */
const MAX_IMAGE_PACKET_BYTES = 16_842_752;

export interface IncomingSetup {
  /** What all topics begin with. */
  readonly base: string;
  readonly verbs: Verbs;
  /** Takes pictures to learn from; without it the topics of labels are not listened to. */
  readonly labels?: TakesPictures;
  /** Topics outside of the base, each with who takes its messages. */
  readonly others?: Readonly<Record<string, (message: Incoming) => void>>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface IncomingRoutes {
  readonly subscriptions: readonly string[];
  /** Largest packet that is taken, in bytes. */
  readonly maxPacketBytes: number;
  /** Never throws. */
  readonly onMessage: (message: Incoming) => void;
}

/** @param answer given each answer */
export function incomingOf(setup: IncomingSetup, answer: (message: Message) => void): IncomingRoutes {
  const { base, labels, others = {}, clock, log } = setup;
  const onCommand = commandHandler({ ...setup, answer });
  const onImage = labels && labelImageHandler({ base, labels, clock, log, answer });
  const mayWarn = throttle(clock, 60_000);
  const topics = ['command', 'command/+', ...(labels === undefined ? [] : ['label', 'label/image/+'])];
  return {
    subscriptions: [...topics.map(topic => `${base}/${topic}`), ...Object.keys(others)],
    maxPacketBytes: labels === undefined ? MAX_COMMAND_PACKET_BYTES : MAX_IMAGE_PACKET_BYTES,
    onMessage: message => {
      const other = others[message.topic];
      if (other !== undefined) {
        other(message);
      } else if (message.retained) {
        if (mayWarn()) {
          log.warn({ topic: message.topic }, 'ignored a retained command or label: delete it at the broker');
        }
      } else if (message.topic.startsWith(imageTopic(base))) void onImage?.(message);
      else void onCommand(message);
    },
  };
}
