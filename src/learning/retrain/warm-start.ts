/** Where a retraining starts: the incumbent's weights, with outputs added for new activities. */
import { type HeadBundle, outputsOf } from '../../activity/head-bundle.ts';
import { createRandom } from '../../base/random.ts';
import type { FittedHead } from '../fit/head-trainer.ts';

/**
 * @param activities the incumbent's, new ones after them
 * @returns outputs of the activities, and after them of the incumbent's background
 */
export function warmStart(incumbent: HeadBundle, activities: readonly string[], seed: number): FittedHead {
  const { hidden } = incumbent.manifest;
  const known = incumbent.manifest.activities.length;
  const added = activities.length - known;
  const outputs = outputsOf(incumbent.manifest) + added;
  const outputKernel = new Float32Array(outputs * hidden);
  const outputBias = new Float32Array(outputs);
  const random = createRandom(seed);
  const limit = Math.sqrt(6 / (hidden + activities.length));
  for (let index = 0; index < outputs; index++) {
    if (index >= known && index < activities.length) {
      // At first a new activity is as good as never found.
      outputBias[index] = -2;
      for (let unit = 0; unit < hidden; unit++)
        outputKernel[index * hidden + unit] = random.between(-limit, limit) / 4;
      continue;
    }
    const from = index < known ? index : index - added;
    outputBias[index] = incumbent.outputBias[from] as number;
    outputKernel.set(incumbent.outputKernel.subarray(from * hidden, (from + 1) * hidden), index * hidden);
  }
  return {
    hiddenKernel: Float32Array.from(incumbent.hiddenKernel),
    hiddenBias: Float32Array.from(incumbent.hiddenBias),
    outputKernel,
    outputBias,
  };
}

/** The activities of the head to come: a new one is added when so many frames show it. */
export function activitiesWithNew(
  known: readonly string[],
  frames: readonly { readonly labels: readonly string[] }[],
  atLeast: number,
): string[] {
  const counts = new Map<string, number>();
  for (const name of frames.flatMap(({ labels }) => labels)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const added = [...counts].filter(([name, count]) => !known.includes(name) && count >= atLeast);
  return [...known, ...added.map(([name]) => name).sort()];
}
