/** Where a retraining starts: the incumbent's weights, with outputs added for new activities. */
import { type HeadBundle, outputsOf } from '../../activity/head-bundle.ts';
import { createRandom } from '../../ops/random.ts';
import type { FittedHead } from '../fit/head-model.ts';

/**
 * @param activities the incumbent's, new ones after them
 * @returns sigmoid outputs: a softmax's are taken as each output less the mean of all
 */
export function warmStart(incumbent: HeadBundle, activities: readonly string[], seed: number): FittedHead {
  const { hidden, output } = incumbent.manifest;
  const outputs = outputsOf(incumbent.manifest);
  const known = incumbent.manifest.activities.length;
  const outputKernel = new Float32Array(activities.length * hidden);
  const outputBias = new Float32Array(activities.length);
  const mean = (values: Float32Array, start: number, step: number) => {
    if (output !== 'softmax') return 0;
    let sum = 0;
    for (let index = 0; index < outputs; index++) sum += values[start + index * step] as number;
    return sum / outputs;
  };
  for (let index = 0; index < known; index++) {
    outputBias[index] = (incumbent.outputBias[index] as number) - mean(incumbent.outputBias, 0, 1);
    for (let unit = 0; unit < hidden; unit++) {
      const weight = incumbent.outputKernel[index * hidden + unit] as number;
      outputKernel[index * hidden + unit] = weight - mean(incumbent.outputKernel, unit, hidden);
    }
  }
  const random = createRandom(seed);
  const limit = Math.sqrt(6 / (hidden + activities.length));
  for (let index = known; index < activities.length; index++) {
    // At first a new activity is as good as never found.
    outputBias[index] = -2;
    for (let unit = 0; unit < hidden; unit++)
      outputKernel[index * hidden + unit] = random.between(-limit, limit) / 4;
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
