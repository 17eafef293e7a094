/** What the metrics are made of: plain data, taken when somebody asks. */
import type { BoardHealth } from '../board/monitor.ts';

export interface MetricsSnapshot {
  readonly info: {
    readonly version: string;
    readonly site: string;
    readonly engine: string;
    readonly head: string;
    /** What the head tells apart. */
    readonly activities: readonly string[];
  };
  /** `state` of the topic `state`. */
  readonly state: string;
  readonly camera: {
    readonly status: 'starting' | 'online' | 'offline' | 'ended';
    /** Milliseconds since the epoch (UTC); null before the first. */
    readonly lastFrameAtMs: number | null;
    /** Code of the present error; null where there is none. */
    readonly fault: string | null;
  };
  /** Since the start. */
  readonly frames: {
    readonly captured: number;
    readonly classified: number;
    readonly dropped: number;
    readonly failed: number;
  };
  /** Null before the first judgement. */
  readonly beach: {
    /** An activity, `none` or `unknown`. */
    readonly activity: string;
    readonly scores: Readonly<Record<string, number>>;
    /** Riders of each activity; null while that is not known. */
    readonly count: Readonly<Record<string, number>> | null;
    /** The same of each zone. */
    readonly zoneCounts: Readonly<Record<string, Readonly<Record<string, number>> | null>>;
  } | null;
  readonly mqtt: { readonly connected: boolean; readonly reconnects: number };
  readonly outbox: { readonly events: number; readonly states: number; readonly droppedEvents: number };
  /** Ids of the alerts that are raised. */
  readonly alerts: readonly string[];
  /** How often each result (`promoted`, `held`, `rejected`, `failed`, `cancelled`) came out of a retraining, since the start. */
  readonly retrainings: ReadonlyMap<string, number>;
  /** How often each coded error was logged, since the start. */
  readonly errors: ReadonlyMap<string, number>;
  readonly board: BoardHealth | null;
  /** What the watchdog found stuck, in words; null where all goes on. */
  readonly stalled: string | null;
}

/** Counts one more under a name. */
export function countOne(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}
