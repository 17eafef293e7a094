/** What an activity's share is compared with in a softmax head. */
import type { ExportDense } from './model.ts';

/**
 * Two fully connected layers that pick from the shares p of a softmax, for each activity, its own and the sum of all
 * others'. Their quotient is the odds p / (1 - p), which 1 - p itself could not give near p = 1.
 */
export function sharesOf(activities: number, outputs: number): { own: ExportDense; rest: ExportDense } {
  const layer = (weight: (activity: number, output: number) => number): ExportDense => ({
    in: outputs,
    out: activities,
    kernel: Float32Array.from({ length: activities * outputs }, (_, index) =>
      weight(Math.floor(index / outputs), index % outputs),
    ),
    bias: new Float32Array(activities),
  });
  return {
    own: layer((activity, output) => (activity === output ? 1 : 0)),
    rest: layer((activity, output) => (activity === output ? 0 : 1)),
  };
}
