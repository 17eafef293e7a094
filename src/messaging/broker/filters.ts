/** Topics and topic filters of MQTT 3.1.1, section 4.7. */

/** Of a topic or filter that the embedded broker takes; MQTT would let it have 65,535. */
export const MAX_TOPIC_BYTES = 512;

/** Whether a filter lets a topic through. Filters that begin with a wildcard do not for topics that begin with `$`. */
export function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const given = topic.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= given.length || (level !== '+' && level !== given[i])) return false;
  }
  return wanted.length === given.length;
}

/** Whether there is a topic that both filters let through. */
export function filtersMeet(one: string, other: string): boolean {
  if (startsApart(one, other) || startsApart(other, one)) return false;
  const a = one.split('/');
  const b = other.split('/');
  for (let i = 0; ; i++) {
    // `a/#` lets `a` itself through too.
    if (a[i] === '#' || b[i] === '#') return true;
    if (a[i] === undefined || b[i] === undefined) return a[i] === b[i];
    if (a[i] !== b[i] && a[i] !== '+' && b[i] !== '+') return false;
  }
}

function startsApart(one: string, other: string): boolean {
  return one.startsWith('$') && /^[+#]/.test(other);
}

/** Whether a text can be the topic of a message that the embedded broker takes. */
export function isTopic(text: string): boolean {
  return text !== '' && !/[+#\0]/.test(text) && Buffer.byteLength(text) <= MAX_TOPIC_BYTES;
}

/** Whether a text can be a filter. */
export function isFilter(text: string): boolean {
  if (text === '' || text.includes('\0')) return false;
  const levels = text.split('/');
  return levels.every(
    (level, i) =>
      level === '+' ||
      (level === '#' ? i === levels.length - 1 : !level.includes('+') && !level.includes('#')),
  );
}
