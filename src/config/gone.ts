/** Settings that older versions had: why they are gone, and what to do. */

/** By setting or group of settings. */
const GONE: Readonly<Record<string, string>> = {
  tiles:
    'is gone: a frame is read as a whole, at full detail, and no longer cut into tiles; leave it out. Zones group riders, and vision.detail says how small these may be',
};

/** What to say of a setting that once was; undefined where it never was one. */
export function goneReason(path: string): string | undefined {
  const [group = ''] = path.split('.');
  return Object.hasOwn(GONE, group) ? GONE[group] : undefined;
}

/** The same of the field `tiles` of a zone. */
export const TILES_OF_ZONE =
  'is gone: a frame is read as a whole, at full detail, and no longer cut into tiles; leave it out of the zone';
