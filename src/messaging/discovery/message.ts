/**
 * The message that makes a board a device of Home Assistant:
 * https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload.
 */
import type { Message } from '../connection-options.ts';
import { type Board, entitiesOf } from './entities.ts';
import type { Entity } from './entity.ts';
import type { DiscoveryOptions } from './options.ts';

export interface Announced extends Board {
  /** Name of the site: boards of one broker are told apart by it. */
  readonly site: string;
  /** The version of surfwatch. */
  readonly version: string;
  readonly options: DiscoveryOptions;
  /** Entities that were announced and are no more: Home Assistant removes them. */
  readonly gone?: readonly Pick<Entity, 'key' | 'platform'>[];
}

/** `<prefix>/device/<object id>/config`. */
export function discoveryTopic(prefix: string, site: string): string {
  return `${prefix}/device/${objectId(site)}/config`;
}

/** All entities of the board in one retained message. */
export function discoveryMessage(board: Announced): Message {
  const { options, site, version, base, gone = [] } = board;
  const payload = {
    dev: {
      identifiers: [objectId(site)],
      name: `Surfwatch ${site}`,
      manufacturer: 'surfwatch',
      model: 'Beach camera board',
      sw_version: version,
    },
    o: { name: 'surfwatch', sw_version: version },
    availability: [{ topic: `${base}/availability` }],
    availability_mode: 'all',
    // The default is 0, with which an event or a press of a button may be lost.
    qos: 1,
    cmps: {
      ...Object.fromEntries(entitiesOf(board).map(entity => [entity.key, component(entity, board)])),
      ...Object.fromEntries(gone.map(({ key, platform }) => [key, { p: platform }])),
    },
  };
  return retained(discoveryTopic(options.prefix, site), JSON.stringify(payload));
}

/** The message after which Home Assistant knows nothing of the board. */
export function removalMessage(prefix: string, site: string): Message {
  return retained(discoveryTopic(prefix, site), '');
}

function component({ key, platform, name, ofCamera, off, config }: Entity, { site, base }: Announced) {
  const id = `${objectId(site)}_${key}`;
  return {
    p: platform,
    name,
    unique_id: id,
    // So that the dashboards of the documentation fit, whatever the device is called.
    default_entity_id: `${platform}.${id.replaceAll('-', '_')}`,
    ...(off === true && { enabled_by_default: false }),
    ...(ofCamera === true && {
      availability: [{ topic: `${base}/availability` }, { topic: `${base}/camera/availability` }],
    }),
    ...config,
  };
}

/** Also the identifier of the device. Of `a-z 0-9 _ -`, as the name of a site is. */
function objectId(site: string): string {
  return `surfwatch_${site}`;
}

function retained(topic: string, payload: string): Message {
  return { topic, payload, qos: 1, retain: true };
}
