/** Pictures to learn from, on `<base>/label/image/<labels>`. */

import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import type { Incoming } from './connection.ts';
import type { Message } from './connection-options.ts';
import { imageTopic, parseLabelsLevel } from './label-topic.ts';
import { type Asked, answerTo, askedBy, type Outcome, outcomeOf } from './outcome.ts';
import type { CommandRegistry } from './verbs.ts';

/** Pictures that wait their turn, the one at work included. */
const MAX_WAITING = 16;
const MAX_WAITING_BYTES = 40_000_000;
/** Answered as if it were a command of that name. */
const VERB = 'label';

export interface LabelImagesDeps {
  readonly base: string;
  readonly commands: Pick<CommandRegistry, 'pictures'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly answer: (message: Message) => void;
}

/**
 * A function to be given each message on these topics: it has the picture labelled and answers, and never rejects.
 * Beyond 16 pictures or 40 MB that wait, others are turned away (`command-busy`).
 */
export function labelImageHandler(deps: LabelImagesDeps): (message: Incoming) => Promise<void> {
  const { base, commands } = deps;
  let waiting = 0;
  let waitingBytes = 0;

  /** Until it is done, even where that takes longer than the answer waits: so long its bytes are held. */
  async function take(bytes: Buffer, level: string): Promise<unknown> {
    waiting += 1;
    waitingBytes += bytes.length;
    try {
      return await commands.pictures.labelImage(bytes, parseLabelsLevel(level), { way: 'image' });
    } finally {
      waiting -= 1;
      waitingBytes -= bytes.length;
    }
  }

  function outcome({ topic, payload }: Incoming): Promise<Outcome> {
    const work = () => {
      if (waiting >= MAX_WAITING || waitingBytes + payload.length > MAX_WAITING_BYTES) {
        throw new SurfwatchError('command-busy', `${waiting} pictures wait already`);
      }
      return take(payload, topic.slice(imageTopic(base).length));
    };
    return outcomeOf(VERB, work, deps);
  }

  async function settle(result: Promise<Outcome>, asked: Asked): Promise<void> {
    deps.answer(answerTo(asked, { base, verb: VERB, outcome: await result }));
  }

  return message => settle(outcome(message), askedBy(message));
}
