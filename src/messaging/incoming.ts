/** The topics the daemon listens to, each with what handles its messages. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { commandHandler } from './commands.ts';
import type { Incoming } from './connection.ts';
import type { Message } from './connection-options.ts';
import { labelImageHandler } from './label-images.ts';
import { imageTopic } from './label-topic.ts';
import { throttle } from './throttle.ts';
import type { CommandRegistry } from './verbs.ts';

/** More than a picture may have, so that one that is somewhat too large is told so. */
const MAX_IMAGE_PACKET_BYTES = 16_842_752;
const TOPICS = ['command', 'command/+', 'label', 'label/image/+'];

export interface IncomingDeps {
  /** What all topics begin with. */
  readonly base: string;
  readonly commands: CommandRegistry;
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
export function incomingOf(deps: IncomingDeps, answer: (message: Message) => void): IncomingRoutes {
  const { base, others = {}, clock, log } = deps;
  const onCommand = commandHandler({ ...deps, answer });
  const onImage = labelImageHandler({ ...deps, answer });
  const mayWarn = throttle(clock, 60_000);
  return {
    subscriptions: [...TOPICS.map(topic => `${base}/${topic}`), ...Object.keys(others)],
    maxPacketBytes: MAX_IMAGE_PACKET_BYTES,
    onMessage: message => {
      const other = others[message.topic];
      if (other !== undefined) {
        other(message);
      } else if (message.retained) {
        if (mayWarn()) {
          log.warn({ topic: message.topic }, 'ignored a retained command or label: delete it at the broker');
        }
      } else if (message.topic.startsWith(imageTopic(base))) void onImage(message);
      else void onCommand(message);
    },
  };
}
