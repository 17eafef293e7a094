/** Fills class folders with openly licensed pictures from image searches. */

import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../errors.ts';
import { checkAttribution, writeAttribution } from './attribution.ts';
import { type Candidate, groupOf, type ImageSearch, keyOf } from './candidate.ts';
import { FetchFailure } from './failure.ts';
import { type Journal, openJournal } from './journal.ts';
import type { LicenceId } from './licences.ts';
import { type ManifestRow, readForeignRows, writeManifest } from './manifest.ts';
import { checkPicture, keepPicture } from './picture.ts';
import type { PoliteClient } from './polite-client.ts';
import type { WantedClass } from './queries.ts';
import { candidatesInTurn } from './search.ts';
import { openShelf, type Shelved } from './shelf.ts';

export interface CollectPlan {
  readonly out: string;
  readonly wanted: readonly WantedClass[];
  readonly perClass: number;
  /** Most pictures of one author in a class: many of one day teach little. */
  readonly perAuthor: number;
  readonly licences: readonly LicenceId[];
  /** Pixels: of larger originals the API's scaled copy is fetched. */
  readonly maxSide: number;
  readonly searches: readonly ImageSearch[];
}

export interface CollectParts {
  readonly client: PoliteClient;
  readonly clock: Clock;
  /** Ends the run early, with everything in order. */
  readonly signal: AbortSignal;
  /** Told how many pictures are missing. */
  readonly onStart: (missing: number) => void;
  /** Told of each picture that is kept. */
  readonly onKept: () => void;
}

export interface Collected {
  readonly classes: readonly {
    readonly name: string;
    readonly wanted: number;
    /** There now. */
    readonly pictures: number;
    /** The new ones among them. */
    readonly added: number;
  }[];
  /** Pictures looked at in this run and not kept, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Searches and hosts that failed, each once. */
  readonly problems: readonly string[];
  readonly interrupted: boolean;
}

/** Larger files are of no use here. */
const MAX_PICTURE_BYTES = 30_000_000;

/** Pictures between two writings of the lists. */
const LISTS_EVERY = 20;

interface Run {
  readonly plan: CollectPlan;
  readonly parts: CollectParts;
  readonly journal: Journal;
  readonly shelf: Map<string, Shelved>;
  readonly foreign: readonly ManifestRow[];
  readonly skipped: Map<string, number>;
  readonly problems: Set<string>;
}

/**
 * Collects until each class has `perClass` pictures or the searches are exhausted. What an earlier run asked, kept or
 * refused is not fetched again. Manifest and attribution are written at the end, also of a run that is interrupted.
 *
 * @throws SurfwatchError `collection-unusable`
 */
export async function collect(plan: CollectPlan, parts: CollectParts): Promise<Collected> {
  const shelf = await openShelf(plan.out);
  const foreign = await readForeignRows(plan.out);
  await checkAttribution(plan.out);
  const journal = await openJournal(plan.out);
  const run: Run = { plan, parts, journal, shelf, foreign, skipped: new Map(), problems: new Set() };
  const before = new Map(plan.wanted.map(({ name }) => [name, countOf(run, name)]));
  const missing = [...before.values()].map(count => Math.max(0, plan.perClass - count));
  parts.onStart(missing.reduce((sum, count) => sum + count, 0));
  try {
    for (const wanted of plan.wanted) await fillClass(run, wanted);
  } catch (error) {
    if (!parts.signal.aborted) throw error;
  } finally {
    await writeLists(run);
  }
  return {
    classes: plan.wanted.map(({ name }) => ({
      name,
      wanted: plan.perClass,
      pictures: countOf(run, name),
      added: countOf(run, name) - (before.get(name) ?? 0),
    })),
    skipped: Object.fromEntries([...run.skipped].sort()),
    problems: [...run.problems],
    interrupted: parts.signal.aborted,
  };
}

async function fillClass(run: Run, { name, queries }: WantedClass): Promise<void> {
  const { plan, parts, journal, problems } = run;
  if (countOf(run, name) >= plan.perClass) return;
  const found = candidatesInTurn(plan.searches, queries, { ...parts, journal, problems });
  for await (const { candidate, query } of found) {
    parts.signal.throwIfAborted();
    if (run.shelf.has(keyOf(candidate))) continue;
    const reason = refusal(run, candidate, name) ?? (await take(run, candidate, name, query));
    if (reason !== null) {
      run.skipped.set(reason, (run.skipped.get(reason) ?? 0) + 1);
      continue;
    }
    parts.onKept();
    const count = countOf(run, name);
    if (count % LISTS_EVERY === 0) await writeLists(run);
    if (count >= plan.perClass) return;
  }
}

/** Why a candidate isn't even fetched. */
function refusal({ plan, journal, shelf }: Run, candidate: Candidate, className: string): string | null {
  const key = keyOf(candidate);
  if (journal.kept.has(key)) return 'thrown-out-before';
  if (journal.skipped.has(key)) return 'refused-before';
  if (!plan.licences.includes(candidate.licence.id)) return 'licence';
  const group = groupOf(candidate);
  const same = [...shelf.values()].filter(
    shelved => shelved.className === className && groupOf(shelved.provenance) === group,
  );
  return same.length >= plan.perAuthor ? 'author-has-enough' : null;
}

/** Fetches and keeps it. @returns null, or why it wasn't kept */
async function take(
  run: Run,
  candidate: Candidate,
  className: string,
  query: string,
): Promise<string | null> {
  const { plan, parts, journal, shelf, problems } = run;
  const key = keyOf(candidate);
  const skip = async (reason: string) => {
    await journal.write({ kind: 'skipped', key, reason });
    return reason;
  };
  const fetched = addressOf(candidate, plan.maxSide);
  try {
    const bytes = await parts.client.get(fetched, 'image/*', MAX_PICTURE_BYTES, parts.signal);
    const picture = await checkPicture(bytes);
    if (typeof picture === 'string') return await skip(picture);
    const { sha256 } = picture;
    if ([...shelf.values()].some(({ provenance }) => provenance.sha256 === sha256))
      return await skip('duplicate');
    const retrievedAt = new Date(parts.clock.now()).toISOString();
    const shelved = await keepPicture(candidate, picture, {
      folder: plan.out,
      className,
      query,
      fetched,
      retrievedAt,
    });
    await journal.write({ kind: 'kept', key });
    shelf.set(key, shelved);
    return null;
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    if (error.kind !== 'later') return await skip(error.kind);
    problems.add(messageOf(error));
    return 'later';
  }
}

function addressOf({ original, scaled, side }: Candidate, maxSide: number): string {
  return scaled !== null && side !== null && side > maxSide ? scaled : original;
}

function countOf({ shelf }: Run, className: string): number {
  return [...shelf.values()].filter(shelved => shelved.className === className).length;
}

async function writeLists({ plan, journal, shelf, foreign }: Run): Promise<void> {
  if (shelf.size === 0 && journal.kept.size === 0) return;
  const shelved = [...shelf.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  await writeManifest(plan.out, shelved, foreign);
  await writeAttribution(plan.out, shelved);
}
