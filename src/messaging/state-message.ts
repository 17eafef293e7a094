import type { Message } from './connection-options.ts';
import {
  ALERTS,
  type AlertId,
  type PassingTopic,
  type Payloads,
  type StateTopic,
  topicEntry,
} from './topics.ts';

/** The message that gives a topic its value. @param base what all topics begin with */
export function stateMessage<T extends StateTopic | PassingTopic>(
  base: string,
  topic: T,
  payload: Payloads[T],
): Message {
  const { qos, retained } = topicEntry(topic);
  return {
    topic: `${base}/${topic}`,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    qos,
    retain: retained,
  };
}

export function alertIds(): AlertId[] {
  return Object.keys(ALERTS).filter((id): id is AlertId => Object.hasOwn(ALERTS, id));
}
