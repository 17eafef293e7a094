/** The open licences pictures are collected under, by the names that Openverse uses. */

/** From public domain to the most restricted. */
export const LICENCE_IDS = ['cc0', 'pdm', 'by', 'by-sa', 'by-nc', 'by-nd', 'by-nc-sa', 'by-nc-nd'] as const;

export type LicenceId = (typeof LICENCE_IDS)[number];

export interface Licence {
  readonly id: LicenceId;
  /** `4.0`; null for the public domain mark, or where the API doesn't say. */
  readonly version: string | null;
  readonly url: string | null;
}

export function isLicenceId(text: string): text is LicenceId {
  return (LICENCE_IDS as readonly string[]).includes(text);
}

/** As people write it: `CC BY-SA 4.0`. */
export function licenceName({ id, version }: Licence): string {
  if (id === 'pdm') return 'public domain';
  if (id === 'cc0') return 'CC0 1.0';
  return `CC ${id.toUpperCase()}${version === null ? '' : ` ${version}`}`;
}

/**
 * The licence that Wikimedia Commons means by the `License` of its extmetadata (`cc-by-sa-4.0`, `cc0`, `pd`), or null
 * where it is none of ours. Of several versions the first counts.
 */
export function commonsLicence(code: string, url: string | null): Licence | null {
  const name = code.trim().toLowerCase();
  if (/^cc-?0|^cc-zero/.test(name)) {
    return { id: 'cc0', version: '1.0', url: url ?? 'https://creativecommons.org/publicdomain/zero/1.0/' };
  }
  if (/^pd\b|^cc-pd|^public domain/.test(name)) return { id: 'pdm', version: null, url };
  const [, id = '', version = null] = /^cc-(by(?:-nc)?(?:-nd|-sa)?)-(\d\.\d)(?!\d)/.exec(name) ?? [];
  return isLicenceId(id) ? { id, version, url } : null;
}
