/** Counts boxes that are no rider. */
import type { Finding } from './findings.ts';

export interface NameTally {
  ignore(name: string, path: string): void;
  findings(): Finding[];
}

/** One finding a name, however many boxes have it. */
export function createNameTally(): NameTally {
  const counts = new Map<string, { boxes: number; frames: Set<string> }>();
  return {
    ignore: (name, path) => {
      const count = counts.get(name) ?? { boxes: 0, frames: new Set() };
      count.boxes++;
      count.frames.add(path);
      counts.set(name, count);
    },
    findings: () =>
      [...counts].map(([name, { boxes, frames }]) => ({
        kind: 'unknown-name' as const,
        files: [...frames],
        message: `“${name}” is no activity; ignored: ${boxes} of its boxes, frames with them: ${frames.size}`,
        leftOut: [],
      })),
  };
}
