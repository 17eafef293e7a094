/** Counts boxes whose name may be a mistake: those of other things, such as people and boats, are none. */
import { meantActivity } from '../../learning/labels/activity-names.ts';
import type { Finding } from './findings.ts';

export interface NameTally {
  /** A box that is taken for no rider. */
  ignore(name: string, path: string): void;
  findings(): Finding[];
}

/** A class that the list has numbers for, but no name. */
const NAMELESS = /^(class|category) /;

/** One finding a name, however many boxes have it. */
export function createNameTally(): NameTally {
  const counts = new Map<string, { boxes: number; frames: Set<string> }>();
  return {
    ignore: (name, path) => {
      if (!NAMELESS.test(name) && meantActivity(name) === undefined) return;
      const count = counts.get(name) ?? { boxes: 0, frames: new Set() };
      count.boxes++;
      count.frames.add(path);
      counts.set(name, count);
    },
    findings: () =>
      [...counts].map(([name, { boxes, frames }]) => {
        const meant = meantActivity(name);
        const question = meant === undefined ? '' : `; did you mean “${meant}”?`;
        return {
          kind: 'unknown-name' as const,
          files: [...frames],
          message: `“${name}” is no activity, so these are no riders: ${boxes} of its boxes, frames with them: ${frames.size}${question}`,
          leftOut: [],
        };
      }),
  };
}
