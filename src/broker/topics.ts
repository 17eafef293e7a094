/** Topics and topic filters of MQTT 3.1.1, section 4.7. */
import { MAX_TOPIC_BYTES } from '../messaging/packets.ts';

/** Whether a text can be the topic of a message that the embedded broker takes. */
export function isTopic(text: string): boolean {
  return text !== '' && !/[+#\0]/.test(text) && Buffer.byteLength(text) <= MAX_TOPIC_BYTES;
}

/** Whether a filter, whose wildcards are `+` alone, lets a topic through. */
export function filterMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  return wanted.length === given.length && wanted.every((level, i) => level === '+' || level === given[i]);
}
