/** More would save nothing: the daemon has fewer topics that it sends often. */
const MOST = 32;

/**
 * Chooses the topic aliases of an MQTT 5 connection. A topic gets one when it is sent a second time, as long as there
 * are any: topics that are sent once leave them to the others.
 *
 * @param maximum how many the broker takes (its Topic Alias Maximum)
 * @returns a function to be given each topic in the order of sending; it returns the alias to be made known with it,
 *   once for each topic
 */
export function topicAliases(maximum: number): (topic: string) => number | undefined {
  const most = Math.min(maximum, MOST);
  const sentOnce = new Set<string>();
  const aliased = new Set<string>();
  return topic => {
    if (aliased.size >= most || aliased.has(topic)) return undefined;
    if (!sentOnce.delete(topic)) {
      if (sentOnce.size >= 4 * MOST) sentOnce.clear();
      sentOnce.add(topic);
      return undefined;
    }
    aliased.add(topic);
    return aliased.size;
  };
}
