/** Image search by Wikimedia Commons: the MediaWiki action API (https://www.mediawiki.org/wiki/API:Imageinfo). */
import * as z from 'zod';
import type { Candidate, ImageSearch } from './candidate.ts';
import { commonsLicence } from './licences.ts';
import { firstLink, oneLine, textOf, webAddress } from './plain-text.ts';

export const WIKIMEDIA = 'https://commons.wikimedia.org/';

/** As many scaled copies as one request may ask for. */
const PAGE_SIZE = 50;

/** Widths that Wikimedia serves; others are refused (https://www.mediawiki.org/wiki/Common_thumbnail_sizes). */
const WIDTHS = [250, 330, 500, 960, 1280, 1920, 3840];

const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp'];

/** Seconds the copies of the database may lag behind before the request is put off, as the API's etiquette asks. */
const MAX_LAG = 5;

const field = z.object({ value: z.coerce.string() }).optional();

const fileSchema = z.object({
  pageid: z.number(),
  title: z.string(),
  index: z.number().optional(),
  imageinfo: z
    .array(
      z.object({
        url: z.string(),
        descriptionurl: z.string(),
        thumburl: z.string().optional(),
        width: z.number(),
        height: z.number(),
        mime: z.string(),
        extmetadata: z
          .object({ Artist: field, License: field, LicenseUrl: field, ObjectName: field })
          .optional(),
      }),
    )
    .min(1),
});

const answerSchema = z.object({
  continue: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  query: z.object({ pages: z.array(z.unknown()) }).optional(),
});

/** @param maxSide pixels: the scaled copy is of the next width that Wikimedia serves up to it */
export function wikimediaSearch(base: string, maxSide: number): ImageSearch {
  const width = WIDTHS.findLast(step => step <= maxSide) ?? WIDTHS[0];
  return {
    name: 'wikimedia',
    urlOf: (query, cursor) => {
      const url = new URL('w/api.php', base);
      url.search = new URLSearchParams({
        action: 'query',
        format: 'json',
        formatversion: '2',
        maxlag: String(MAX_LAG),
        generator: 'search',
        gsrsearch: `${query} filetype:bitmap`,
        gsrnamespace: '6',
        gsrlimit: String(PAGE_SIZE),
        prop: 'imageinfo',
        iiprop: 'url|size|mime|extmetadata',
        iiextmetadatafilter: 'Artist|License|LicenseUrl|ObjectName',
        iiextmetadatalanguage: 'en',
        iiurlwidth: String(width),
        ...(cursor !== null && JSON.parse(cursor)),
      }).toString();
      return url.href;
    },
    read: answer => {
      // An error comes with status 200; the client has seen to those that pass.
      const failure = z.object({ error: z.object({ info: z.string() }) }).safeParse(answer);
      if (failure.success) throw new Error(failure.data.error.info);
      const parsed = answerSchema.parse(answer);
      const files = (parsed.query?.pages ?? []).flatMap(page => fileSchema.safeParse(page).data ?? []);
      files.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
      return {
        candidates: files.flatMap(file => candidateOf(file) ?? []),
        next: parsed.continue === undefined ? null : JSON.stringify(parsed.continue),
      };
    },
  };
}

function candidateOf({ pageid, title, imageinfo }: z.infer<typeof fileSchema>): Candidate | null {
  const [file] = imageinfo;
  if (file === undefined || !PICTURE_TYPES.includes(file.mime)) return null;
  const { Artist, License, LicenseUrl, ObjectName } = file.extmetadata ?? {};
  const licence = commonsLicence(License?.value ?? '', webAddress(LicenseUrl?.value));
  const original = webAddress(file.url);
  const landing = webAddress(file.descriptionurl);
  if (licence === null || original === null || landing === null) return null;
  return {
    api: 'wikimedia',
    id: String(pageid),
    source: 'wikimedia',
    title: textOf(ObjectName?.value) ?? oneLine(title.replace(/^File:/, '')) ?? 'untitled',
    author: textOf(Artist?.value),
    authorUrl: firstLink(Artist?.value),
    licence,
    landing,
    original,
    scaled: webAddress(file.thumburl),
    side: Math.max(file.width, file.height),
  };
}
