/** The phases of a training: told as they begin, and timed. */

export interface PhaseHooks<Phase extends string> {
  /** A phase begins. */
  readonly onPhase: (phase: Phase) => void;
  /** Share of the phase that is done, 0..1. */
  readonly onProgress: (done: number) => void;
}

export interface Phases<Phase extends string> {
  /** Seconds of each phase so far. */
  readonly seconds: Readonly<Record<string, number>>;
  run<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
}

export function startPhases<Phase extends string>({ onPhase }: PhaseHooks<Phase>): Phases<Phase> {
  const seconds: Record<string, number> = {};
  return {
    seconds,
    run: async (phase, work) => {
      const start = performance.now();
      onPhase(phase);
      const result = await work();
      seconds[phase] = Number(((seconds[phase] ?? 0) + (performance.now() - start) / 1000).toFixed(2));
      return result;
    },
  };
}
