import { describe, expect, test } from 'vitest';
import { longestStepMs, startLiveness, stepLiveness } from '../../../src/host/service/liveness.ts';
import type { LoopProgress } from '../../../src/pipeline/frame-loop.ts';

const OPTIONS = { stepMs: 100_000, frameMs: 60_000 };
const EVERY = 20_000;
const QUIET: LoopProgress = { steps: 5, frameSinceMs: null, resting: false };

/** What is stalled after looks at this progress, one every 20 s. */
function stalledAfter(steps: readonly LoopProgress[], everyMs = EVERY): string | null {
  let liveness = startLiveness(steps[0] ?? QUIET, 0);
  steps.forEach((progress, index) => {
    liveness = stepLiveness(liveness, progress, (index + 1) * everyMs, EVERY, OPTIONS);
  });
  return liveness.stalled;
}

const times = (count: number, progress: (index: number) => LoopProgress) =>
  Array.from({ length: count }, (_, i) => progress(i));

describe('liveness', () => {
  test('lives as long as pictures are judged, or tried for', () => {
    expect(stalledAfter(times(100, index => ({ ...QUIET, steps: index })))).toBeNull();
  });

  test('lives up to the longest step, and not beyond', () => {
    expect(stalledAfter(times(5, () => QUIET))).toBeNull();
    expect(stalledAfter(times(6, () => QUIET))).toBe('no picture was judged and none was tried for in 120 s');
  });

  test('one step forgives what was before', () => {
    expect(stalledAfter([...times(5, () => QUIET), ...times(5, () => ({ ...QUIET, steps: 6 }))])).toBeNull();
  });

  test('a camera at rest may stay so for ever, and has its full time after it', () => {
    const resting = times(1_000, () => ({ ...QUIET, resting: true }));
    expect(stalledAfter(resting)).toBeNull();
    expect(stalledAfter([...resting, ...times(5, () => QUIET)])).toBeNull();
    expect(stalledAfter([...resting, ...times(6, () => QUIET)])).not.toBeNull();
  });

  test('a frame that is never done with is noticed before', () => {
    const stuck = (index: number) => ({ steps: 7, frameSinceMs: 0, resting: false, index });
    expect(stalledAfter(times(3, stuck))).toBeNull();
    expect(stalledAfter(times(4, stuck))).toBe('a frame has been at work for 80 s');
  });

  test('time in which the process did not run counts little', () => {
    expect(
      stalledAfter(
        times(2, () => QUIET),
        3_600_000,
      ),
    ).toBeNull();
    expect(
      stalledAfter(
        times(3, () => QUIET),
        3_600_000,
      ),
    ).not.toBeNull();
  });

  test('the longest step follows from the settings of the camera', () => {
    const camera = { intervalMs: 2_000, retryMaxMs: 60_000, timeoutMs: 10_000 };
    expect(longestStepMs(camera)).toBe(200_000);
    expect(longestStepMs({ ...camera, intervalMs: 3_600_000 }, 0)).toBe(3_620_000);
  });
});
