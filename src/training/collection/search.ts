/** Goes through what the searches find. */
import { messageOf } from '../../errors.ts';
import type { Candidate, ImageSearch, SearchPage } from './candidate.ts';
import { FetchFailure } from './failure.ts';
import type { Journal } from './journal.ts';
import type { PoliteClient } from './polite-client.ts';

export interface Found {
  readonly candidate: Candidate;
  readonly query: string;
}

export interface SearchParts {
  readonly client: PoliteClient;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Told what failed; the other searches go on. */
  readonly problems: Set<string>;
}

const MAX_ANSWER_BYTES = 5_000_000;

/** One result of each query of each search in turn, so that no single one fills a class. */
export async function* candidatesInTurn(
  searches: readonly ImageSearch[],
  queries: readonly string[],
  parts: SearchParts,
): AsyncGenerator<Found> {
  let streams = queries.flatMap(query =>
    searches.map(search => ({ query, results: candidatesOf(search, query, parts) })),
  );
  while (streams.length > 0) {
    const ended = new Set<AsyncGenerator<Candidate>>();
    for (const { query, results } of streams) {
      const { value, done } = await results.next();
      if (done === true) ended.add(results);
      else yield { candidate: value, query };
    }
    streams = streams.filter(({ results }) => !ended.has(results));
  }
}

/** The results of one query, page by page; pages of earlier runs come from the journal. */
async function* candidatesOf(
  search: ImageSearch,
  query: string,
  parts: SearchParts,
): AsyncGenerator<Candidate, undefined> {
  let cursor: string | null = null;
  do {
    const page: SearchPage | null = await pageOf(search, query, cursor, parts);
    if (page === null) return;
    yield* page.candidates;
    cursor = page.next;
  } while (cursor !== null);
}

async function pageOf(
  search: ImageSearch,
  query: string,
  cursor: string | null,
  { client, journal, signal, problems }: SearchParts,
): Promise<SearchPage | null> {
  const url = search.urlOf(query, cursor);
  const known = journal.pages.get(url);
  if (known !== undefined) return known;
  try {
    const answer = await client.get(url, 'application/json', MAX_ANSWER_BYTES, signal);
    const page = search.read(JSON.parse(answer.toString()), cursor);
    await journal.write({ kind: 'page', url, page });
    return page;
  } catch (error) {
    signal.throwIfAborted();
    const what = error instanceof FetchFailure ? messageOf(error) : `not understood: ${messageOf(error)}`;
    problems.add(`${search.name}, “${query}”: ${what}`);
    return null;
  }
}
