/** The frames that wait for a label, and what was said of those that had one: sent one after the other, in the background. */
import { computed, signal } from '@preact/signals';
import { command } from '../../api.ts';
import {
  emptied,
  type Group,
  grouped,
  labelArgs,
  type QueuedFrame,
  type Review,
  reviewOf,
} from './review.ts';

/** More than anybody labels in one go, and few enough to be ranked in a moment. */
const FETCHED = 40;

interface Said {
  readonly group: Group;
  /** What its first frame was left as; it comes back with it. */
  readonly review: Review;
  /** Ids of those of its frames that were labelled; none: it was passed over. */
  readonly labelled: readonly string[];
}

/** The first of each group is asked about, the others are like it. Null until the daemon has answered. */
export const queue = signal<readonly Group[] | null>(null);
/** What is said of the first frame so far. */
export const review = signal<Review | null>(null);
/** The newest last. */
export const said = signal<readonly Said[]>([]);
/** Labels that are not on the daemon's disk yet. */
export const unsent = signal(0);
/** Labels that the daemon did not take, the oldest first. */
export const refused = signal<readonly (Said & { readonly error: unknown })[]>([]);
/** Labels since the last retraining when the queue was read. */
const before = signal(0);

/** Frames labelled in this round. */
export const labelledNow = computed(() => said.value.reduce((sum, { labelled }) => sum + labelled.length, 0));
/** Labels since the last retraining. */
export const waitingLabels = computed(() => before.value + labelledNow.value);

interface Status {
  readonly learning: {
    readonly progress: { readonly activities: Readonly<Record<string, { readonly waiting: number }>> };
  } | null;
}

/** @throws Refused */
export async function load(): Promise<void> {
  await last;
  const [{ frames }, { learning }] = await Promise.all([
    command<{ frames: readonly QueuedFrame[] }>('next', { count: FETCHED }),
    command<Status>('status'),
  ]);
  before.value = Object.values(learning?.progress.activities ?? {}).reduce(
    (sum, { waiting }) => sum + waiting,
    0,
  );
  said.value = [];
  show(grouped(frames));
}

/** The first frame is done with: what was said of it, or null where it is passed over. */
export function next(label: Review | null): void {
  const seen = review.value;
  if (seen === null) return;
  if (label === null) leave(seen, () => []);
  else
    send(
      leave(label, ([first]) => [first.frame]),
      () => command('label', labelArgs(label)),
    );
}

/** Nobody is in the first frame, nor in those like it. */
export function nobodyInAll(): void {
  const seen = review.value;
  if (seen === null) return;
  const done = leave(emptied(seen), group => group.map(({ frame }) => frame));
  send(done, () => command('label', { frames: done?.labelled, labels: [] }));
}

function leave(left: Review, labelled: (group: Group) => readonly string[]): Said | undefined {
  const [group, ...others] = queue.value ?? [];
  if (group === undefined) return undefined;
  const done: Said = { group, review: left, labelled: labelled(group) };
  said.value = [...said.value, done];
  show(others);
  return done;
}

/** Takes the last label back, and shows its frame as it was left. */
export function undo(): void {
  const done = said.value.at(-1);
  if (done === undefined) return;
  said.value = said.value.slice(0, -1);
  comeBack(done);
  if (done.labelled.length === 0) return;
  send(done, async () => {
    const wasRefused = refused.value.some(one => isSame(one, done));
    refused.value = refused.value.filter(one => !isSame(one, done));
    if (wasRefused) return;
    for (const frame of done.labelled) await command('label', { frame, undo: true });
  });
}

/** Shows the frame of a label that was refused. */
export function retry(): void {
  const [first, ...others] = refused.value;
  if (first === undefined) return;
  refused.value = others;
  comeBack(first);
}

function comeBack({ group, review: left }: Said): void {
  const others = (queue.value ?? []).filter(([first]) => first.frame !== group[0].frame);
  show([group, ...others], left);
}

function isSame({ group: [one] }: Said, { group: [other] }: Said): boolean {
  return one.frame === other.frame;
}

function show(groups: readonly Group[], left?: Review): void {
  const first = groups[0]?.[0];
  queue.value = groups;
  review.value = left ?? (first === undefined ? null : reviewOf(first));
}

/** Labels reach the daemon in the order in which they were given. */
let last: Promise<unknown> = Promise.resolve();

function send(done: Said | undefined, work: () => Promise<unknown>): void {
  if (done === undefined) return;
  unsent.value += 1;
  last = last
    .then(work)
    .catch((error: unknown) => {
      said.value = said.value.filter(one => one !== done);
      refused.value = [...refused.value, { ...done, error }];
    })
    .finally(() => {
      unsent.value -= 1;
    });
}

addEventListener('beforeunload', event => {
  if (unsent.value > 0 || refused.value.length > 0) event.preventDefault();
});
