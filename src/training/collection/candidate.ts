/** What a search offers, before it is fetched. */
import * as z from 'zod';
import { LICENCE_IDS } from './licences.ts';

export const API_NAMES = ['openverse', 'wikimedia'] as const;

export type ApiName = (typeof API_NAMES)[number];

export const candidateSchema = z.object({
  api: z.enum(API_NAMES),
  /** The API's own. */
  id: z.string(),
  /** Where the API found it: `flickr`, `wikimedia`. */
  source: z.string(),
  title: z.string(),
  author: z.string().nullable(),
  authorUrl: z.string().nullable(),
  licence: z.object({
    id: z.enum(LICENCE_IDS),
    version: z.string().nullable(),
    url: z.string().nullable(),
  }),
  /** The page that shows it, with its licence. */
  landing: z.string(),
  original: z.string(),
  /** A smaller copy that the API offers. */
  scaled: z.string().nullable(),
  /** Pixels of the original's longer side. */
  side: z.number().nullable(),
});

export type Candidate = Readonly<z.infer<typeof candidateSchema>>;

export const searchPageSchema = z.object({
  candidates: z.array(candidateSchema),
  /** What to ask for the next page with; null after the last. */
  next: z.string().nullable(),
});

export type SearchPage = z.infer<typeof searchPageSchema>;

/** An image search on the network. */
export interface ImageSearch {
  readonly name: ApiName;
  /** @param cursor null for the first page, then `next` of the page before */
  urlOf(query: string, cursor: string | null): string;
  /** Reads an answer. Results that lack what is needed, or are no pictures, are left out. @throws where it is malformed */
  read(answer: unknown, cursor: string | null): SearchPage;
}

/** One name for a picture in all that is written down: `openverse:6b1…`. */
export function keyOf({ api, id }: Pick<Candidate, 'api' | 'id'>): string {
  return `${api}:${id}`;
}

/** Pictures of one author belong on one side of a split; so do those of a source whose author nobody knows. */
export function groupOf({ source, author }: Pick<Candidate, 'source' | 'author'>): string {
  return `${source}/${author ?? 'unknown'}`;
}
