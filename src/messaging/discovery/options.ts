/** What can be set about the announcement to Home Assistant, as plain data. */

export interface DiscoveryOptions {
  /** Announce the board. Default false: it writes outside of the board's own topics. */
  readonly enabled: boolean;
  /** The discovery prefix of Home Assistant; its birth message is expected on `<prefix>/status`. Default `homeassistant`. */
  readonly prefix: string;
  /** Name of the device. Default: `Surfwatch` and the site. */
  readonly name?: string;
  /** Area that is proposed for the device. Default: none. */
  readonly area?: string;
  /** Propose ids of entities instead of leaving them to Home Assistant. Default false. */
  readonly entityIds: boolean;
}

export const DISCOVERY_DEFAULTS: DiscoveryOptions = {
  enabled: false,
  prefix: 'homeassistant',
  entityIds: false,
};

/** Whether a text can be a prefix: a topic without wildcards, of a tree that is not surfwatch's own. */
export function isDiscoveryPrefix(text: string): boolean {
  return text.split('/').every(level => /^[^+#\0]+$/.test(level)) && !/^(\$|surf(\/|$))/.test(text);
}
