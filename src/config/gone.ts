/** Settings that older versions had: why they are gone, and what to do. */

const TILES =
  'is gone: a frame is read as a whole, at full detail, and no longer cut into tiles; leave it out. Zones group riders, and vision.detail says how small these may be';
const NETWORK =
  'is gone: the embedded broker serves this computer alone, without users and TLS. Leave it out; for a network run Mosquitto with what `surfwatch broker mosquitto` writes, and set mqtt.url (docs/brokers.md)';
const BOUNDS =
  'is gone: what the clients of the embedded broker can take up has fixed bounds (docs/security.md), and it keeps nothing for those that are away; leave it out';

/** By setting or group of settings. */
const GONE: Readonly<Record<string, string>> = {
  tiles: TILES,
  ...Object.fromEntries(
    [
      'host',
      'username',
      'password',
      'passwordFile',
      'usersFile',
      'certFile',
      'keyFile',
      'caFile',
      'allowPlaintext',
    ].map(name => [`broker.${name}`, NETWORK]),
  ),
  ...Object.fromEntries(
    [
      ...['maxConnections', 'maxConnectionsPerAddress', 'maxSubscriptions', 'maxMessagesPerSecond'],
      ...['maxQueuedBytes', 'maxQueuedMessages', 'maxRetained', 'maxRetainedBytes'],
      ...['maxSessions', 'sessionExpiry', 'maxPacketBytes', 'connectTimeout'],
    ].map(name => [`broker.${name}`, BOUNDS]),
  ),
};

/** What to say of a setting that once was; undefined where it never was one. An environment variable has its words apart. */
export function goneReason(path: string): string | undefined {
  const [group = ''] = path.split('.');
  const known = Object.keys(GONE).find(name => name === group || wordOf(name) === wordOf(path));
  return known === undefined ? undefined : GONE[known];
}

function wordOf(path: string): string {
  return path.toLowerCase().replaceAll('.', '');
}

/** The same of the field `tiles` of a zone. */
export const TILES_OF_ZONE =
  'is gone: a frame is read as a whole, at full detail, and no longer cut into tiles; leave it out of the zone';
