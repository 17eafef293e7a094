/** The heads that are there, and what labels have brought: as the commands `models` and `status` answer. */
import { signal } from '@preact/signals';
import type { SurfEvent } from '../../../../messaging/payloads.ts';
import type { Reason } from '../../../../messaging/reasons.ts';
import { command } from '../../api.ts';

type ModelEvent = Extract<SurfEvent, { type: 'model_promoted' }>;

/** What two heads were compared by. */
export type Figures = NonNullable<ModelEvent['figures']>;
export type Comparison = NonNullable<Figures['board']>;

export interface HistoryEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly event: 'promoted' | 'held' | 'rejected' | 'rolled-back' | 'auto-rolled-back';
  readonly from: string | null;
  readonly to: string | null;
  readonly reasons: readonly Reason[];
  readonly figures: Figures | null;
  /** Frames by then. */
  readonly labelled: number;
}

export interface Head {
  readonly id: string;
  readonly createdAt: string;
  readonly origin: 'shipped' | 'board';
  readonly current: boolean;
  readonly figures: Figures | null;
}

export interface HeldHead {
  readonly id: string;
  readonly reasons: readonly Reason[];
  readonly figures: Figures | null;
  /** Whether there is a picture of what both heads find. */
  readonly overlay: boolean;
}

interface Models {
  readonly current: string;
  readonly held: HeldHead | null;
  /** Newest first. */
  readonly models: readonly Head[];
  /** Newest first. */
  readonly history: readonly HistoryEntry[];
}

interface ActivityProgress {
  readonly labels: number;
  /** Those labelled since the last retraining. */
  readonly waiting: number;
  readonly tenMore: { readonly recall: number; readonly low: number; readonly high: number } | null;
}

export const models = signal<Models | null>(null);
/** By activity, and `none`. */
export const progress = signal<Readonly<Record<string, ActivityProgress>>>({});

/** @throws Refused */
export async function load(): Promise<void> {
  const [list, status] = await Promise.all([
    command<Models>('models'),
    command<{ learning: { progress: { activities: Readonly<Record<string, ActivityProgress>> } } | null }>(
      'status',
    ),
  ]);
  models.value = list;
  progress.value = status.learning?.progress.activities ?? {};
}

/** A retraining with figures: how good the new head was, by macro-F1, 0..1. */
export interface CurvePoint {
  /** Seconds since the epoch. */
  readonly at: number;
  /** On labelled frames of this board that were held back. */
  readonly board: number | null;
  /** On data that came with the model. */
  readonly base: number | null;
  /** Labelled frames by then. */
  readonly labelled: number;
}

/** Oldest first. Where a head was held and approved later it counts once. */
export function curveOf(history: readonly HistoryEntry[]): CurvePoint[] {
  return history
    .filter(({ event, figures }) => figures !== null && (event === 'promoted' || event === 'rejected'))
    .map(({ at, figures, labelled }) => ({
      at: Date.parse(at) / 1000,
      board: figures?.board?.candidate.macroF1 ?? null,
      base: figures?.base?.candidate.macroF1 ?? null,
      labelled,
    }))
    .reverse();
}
