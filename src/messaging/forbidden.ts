/** Keeps account of what the broker's rules of access do not permit the daemon, in words for people. */
import type { Logger } from 'pino';
import { ERRORS } from '../errors.ts';
import type { Sending } from './outbox.ts';

export interface ForbiddenDeps {
  /** What all topics begin with. */
  readonly base: string;
  readonly log: Logger;
  /** Called when it changes: with a text, or with null when all is permitted. */
  readonly alert: (text: string | null) => void;
}

export interface Forbidden {
  /** A message was acknowledged, or refused by those rules. */
  readonly published: (sending: Sending, isForbidden: boolean) => void;
  /** The subscriptions that are refused, after each connection anew. */
  readonly subscribed: (refused: readonly string[]) => void;
}

const MOST_NAMED = 6;

export function forbiddenTopics({ base, log, alert }: ForbiddenDeps): Forbidden {
  const mute = new Set<string>();
  let deaf: readonly string[] = [];
  let told: string | null = null;
  const update = () => {
    const text = inWords([...mute], deaf);
    if (text === told) return;
    told = text;
    alert(text);
    if (text === null) log.info('the broker permits all topics of the daemon again');
    else log.warn({ code: 'mqtt-forbidden', remedy: ERRORS['mqtt-forbidden'].remedy }, text);
  };
  return {
    published: ({ kind, message: { topic } }, isForbidden) => {
      const answers = `${base}/response/`;
      // Where else an answer is wanted is the matter of who asks.
      if (kind === 'answer' && !topic.startsWith(answers)) return;
      const name = kind === 'answer' ? `${answers}+` : topic;
      const isNew = isForbidden ? mute.size < mute.add(name).size : mute.delete(name);
      if (isNew) update();
    },
    subscribed: refused => {
      deaf = refused;
      update();
    },
  };
}

function inWords(mute: readonly string[], deaf: readonly string[]): string | null {
  const parts = [
    ...(mute.length > 0 ? [`publish on ${named(mute)}`] : []),
    ...(deaf.length > 0 ? [`subscribe to ${named(deaf)}`] : []),
  ];
  return parts.length === 0 ? null : `the broker does not let the daemon ${parts.join(', nor ')}`;
}

function named(topics: readonly string[]): string {
  const more = topics.length - MOST_NAMED;
  return `${topics.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
