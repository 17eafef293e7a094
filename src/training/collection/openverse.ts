/** Image search by Openverse (https://api.openverse.org/v1/), without a key. */
import * as z from 'zod';
import type { Candidate, ImageSearch } from './candidate.ts';
import { isLicenceId, type LicenceId } from './licences.ts';
import { oneLine, webAddress } from './plain-text.ts';

export const OPENVERSE = 'https://api.openverse.org/';

/** Twenty requests a minute are allowed to whoever has no key. */
export const OPENVERSE_INTERVAL_MS = 3000;

/** Without a key, pages are of 20, and no more than 240 results of a query are given. */
const PAGE_SIZE = 20;
const LAST_PAGE = 12;

const resultSchema = z.object({
  id: z.string().min(1),
  title: z.string().nullish(),
  creator: z.string().nullish(),
  creator_url: z.string().nullish(),
  license: z.string(),
  license_version: z.string().nullish(),
  license_url: z.string().nullish(),
  foreign_landing_url: z.string(),
  url: z.string(),
  thumbnail: z.string().nullish(),
  source: z.string().nullish(),
  width: z.number().nullish(),
  height: z.number().nullish(),
});

const pageSchema = z.object({ page_count: z.number(), results: z.array(z.unknown()) });

/** @param excluded sources that are searched by themselves, so that nothing is found twice */
export function openverseSearch(
  base: string,
  licences: readonly LicenceId[],
  excluded: readonly string[],
): ImageSearch {
  return {
    name: 'openverse',
    urlOf: (query, cursor) => {
      const url = new URL('v1/images/', base);
      url.search = new URLSearchParams({
        q: query,
        license: licences.join(','),
        ...(excluded.length > 0 && { excluded_source: excluded.join(',') }),
        page_size: String(PAGE_SIZE),
        page: cursor ?? '1',
      }).toString();
      return url.href;
    },
    read: (answer, cursor) => {
      const { page_count, results } = pageSchema.parse(answer);
      const page = Number(cursor ?? '1');
      const last = Math.min(page_count, LAST_PAGE);
      return {
        candidates: results.flatMap(result => candidateOf(result) ?? []),
        next: page < last && results.length > 0 ? String(page + 1) : null,
      };
    },
  };
}

function candidateOf(result: unknown): Candidate | null {
  const parsed = resultSchema.safeParse(result);
  if (!parsed.success) return null;
  const { data } = parsed;
  const id = data.license.toLowerCase();
  const original = webAddress(data.url);
  const landing = webAddress(data.foreign_landing_url);
  if (!isLicenceId(id) || original === null || landing === null) return null;
  const side = Math.max(data.width ?? 0, data.height ?? 0);
  return {
    api: 'openverse',
    id: data.id,
    source: oneLine(data.source) ?? 'openverse',
    title: oneLine(data.title) ?? 'untitled',
    author: oneLine(data.creator),
    authorUrl: webAddress(data.creator_url),
    licence: { id, version: oneLine(data.license_version), url: webAddress(data.license_url) },
    landing,
    original,
    // A copy 600 pixels wide.
    scaled: webAddress(data.thumbnail),
    side: side > 0 ? side : null,
  };
}
