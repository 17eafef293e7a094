/** From the log of labels to the label that holds. */
import type { Label, LabelEntry } from './types.ts';

/** An entry that labels, rather than takes back. */
export type LabellingEntry = LabelEntry & { readonly labels: readonly string[] };

/**
 * What holds of each frame: the newest label that was not taken back.
 *
 * @param entries oldest first
 */
export function foldLabels(entries: Iterable<LabelEntry>): Map<string, LabellingEntry> {
  const stacks = new Map<string, LabellingEntry[]>();
  for (const entry of entries) {
    const stack = stacks.get(entry.frame) ?? [];
    stacks.set(entry.frame, stack);
    if (isLabelling(entry)) stack.push(entry);
    else stack.pop();
  }
  const holding = new Map<string, LabellingEntry>();
  for (const [frame, stack] of stacks) {
    const newest = stack.at(-1);
    if (newest !== undefined) holding.set(frame, newest);
  }
  return holding;
}

export function labelFrom({ seq: _, frame: __, ...label }: LabellingEntry): Label {
  return label;
}

function isLabelling(entry: LabelEntry): entry is LabellingEntry {
  return entry.labels !== null;
}

/** How many frames were labelled at each of these times, which rise. @param entries oldest first */
export function labelledFramesAt(entries: readonly LabelEntry[], times: readonly number[]): number[] {
  /** Labels of each frame that hold. */
  const holding = new Map<string, number>();
  let read = 0;
  return times.map(time => {
    for (; ; read++) {
      const entry = entries[read];
      if (entry === undefined || entry.at > time) return holding.size;
      const labels = (holding.get(entry.frame) ?? 0) + (isLabelling(entry) ? 1 : -1);
      if (labels > 0) holding.set(entry.frame, labels);
      else holding.delete(entry.frame);
    }
  });
}
