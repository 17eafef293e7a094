/** The frames that wait for a label, and what was said of those that had one: sent one after the other, in the background. */
import { computed, signal } from '@preact/signals';
import { command } from '../../api.ts';
import { grouped, labelArgs, type QueuedFrame, type Review, reviewOf } from './review.ts';

/** More than anybody labels in one go, and few enough to be ranked in a moment. */
const FETCHED = 40;

interface Said {
  readonly frame: QueuedFrame;
  /** What it was left as; it comes back with it. */
  readonly review: Review;
  /** Whether it was labelled, not passed over. */
  readonly isLabelled: boolean;
}

/** The first of each group is asked about, the others are like it. Null until the daemon has answered. */
export const queue = signal<readonly (readonly [QueuedFrame, ...QueuedFrame[]])[] | null>(null);
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

/** Labels since the last retraining. */
export const waitingLabels = computed(
  () => before.value + said.value.filter(({ isLabelled }) => isLabelled).length,
);

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
  const [group, ...others] = queue.value ?? [];
  const seen = review.value;
  if (group === undefined || seen === null) return;
  const done: Said = { frame: group[0], review: label ?? seen, isLabelled: label !== null };
  said.value = [...said.value, done];
  show(others);
  if (label !== null) send(() => command('label', labelArgs(label)), done);
}

/** Takes the last label back, and shows its frame as it was left. */
export function undo(): void {
  const done = said.value.at(-1);
  if (done === undefined) return;
  said.value = said.value.slice(0, -1);
  comeBack(done);
  if (!done.isLabelled) return;
  const { frame } = done.frame;
  send(async () => {
    const wasRefused = refused.value.some(one => one.frame.frame === frame);
    refused.value = refused.value.filter(one => one.frame.frame !== frame);
    if (!wasRefused) await command('label', { frame, undo: true });
  }, done);
}

/** Shows the frame of a label that was refused. */
export function retry(): void {
  const [first, ...others] = refused.value;
  if (first === undefined) return;
  refused.value = others;
  comeBack(first);
}

function comeBack({ frame, review: left }: Said): void {
  const others = (queue.value ?? []).filter(([first]) => first.frame !== frame.frame);
  show([[frame], ...others], left);
}

function show(groups: NonNullable<(typeof queue)['value']>, left?: Review): void {
  const first = groups[0]?.[0];
  queue.value = groups;
  review.value = left ?? (first === undefined ? null : reviewOf(first));
}

/** Labels reach the daemon in the order in which they were given. */
let last: Promise<unknown> = Promise.resolve();

function send(work: () => Promise<unknown>, done: Said): void {
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
