/** How we introduce ourselves to a service. */
import { SurfwatchError } from '../../errors.ts';
import type { ApiName } from './candidate.ts';

/** An e-mail or web address in printable ASCII: it becomes part of a header. */
const CONTACT = /^(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?:\/\/[\w.-]+(?:\/[\w.~:/?#@!$&'*+,;=%-]*)?)$/;

/**
 * `surfwatch/0.1.0 (me@example.org)`, as https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy wants it.
 *
 * @throws SurfwatchError `collection-refused` where a contact is required and missing, or is no address
 */
export function userAgentOf(
  version: string,
  contact: string | undefined,
  services: readonly ApiName[],
): string {
  if (contact !== undefined && !CONTACT.test(contact)) {
    throw new SurfwatchError('collection-refused', `--contact ${contact}: it is no e-mail or web address`);
  }
  if (contact === undefined && services.includes('wikimedia')) {
    throw new SurfwatchError(
      'collection-refused',
      '--contact is missing: Wikimedia requires an address to reach you at (or ask only --from openverse)',
    );
  }
  return `surfwatch/${version}${contact === undefined ? '' : ` (${contact})`}`;
}
