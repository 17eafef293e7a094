/** What can be set about the announcement to Home Assistant, as plain data. */

export interface DiscoveryOptions {
  /** Announce the board. It writes outside of the board's own topics. */
  readonly enabled: boolean;
  /** The discovery prefix of Home Assistant; its birth message is expected on `<prefix>/status`. */
  readonly prefix: string;
}

/** Whether a text can be a prefix: a topic without wildcards, of a tree that is not surfwatch's own. */
export function isDiscoveryPrefix(text: string): boolean {
  return text.split('/').every(level => /^[^+#\0]+$/.test(level)) && !/^(\$|surf(\/|$))/.test(text);
}
