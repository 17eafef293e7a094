/** What learning on the board is given, and what it tells. */
import type { Logger } from 'pino';
import type { BeachReader } from '../../activity/beach-reader.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Clock } from '../../base/clock.ts';
import type { InTurn } from '../../base/fair-turns.ts';
import { iso, type Sender } from '../../messaging/from-report.ts';
import type { Training } from '../../messaging/learning-payloads.ts';
import type { SurfEvent } from '../../messaging/payloads.ts';
import type { Zone } from '../../vision/zone.ts';
import type { Drift } from '../advice/drift.ts';
import type { Progress } from '../advice/progress-words.ts';
import type { ArchiveCounts } from '../archive/types.ts';
import type { GateFacts, ModelStore } from '../models/types.ts';
import type { LearningOptions } from '../options.ts';
import type { RetrainThread } from '../retrain/run-in-worker.ts';

export type LearningAlert = 'archive-full' | 'model-drift' | 'model-held' | 'rollback-failed';

export interface LearningDeps {
  readonly options: LearningOptions;
  /** Bytes that kept frames leave free on the disk; with fewer, only what somebody labels is kept. */
  readonly minFreeBytes: number;
  /** `<stateDir>/learning`: made where it is missing. */
  readonly directory: string;
  /** The folder of heads with a base set: that of the shipped model. */
  readonly shippedHeads: string;
  readonly reader: BeachReader;
  readonly store: ModelStore;
  readonly zones: readonly Zone[];
  /** Longest time between two frames. */
  readonly intervalMs: () => number;
  /** In force: those of the head, overridden by the configuration. */
  readonly thresholds: () => Readonly<Record<string, number>>;
  readonly onTraining: (training: Training) => void;
  readonly onNews: (news: ModelNews) => void;
  readonly onAlert: (id: LearningAlert, text: string | null) => void;
  /** Another head was put into use; it scores the next frame. */
  readonly onHead: (head: HeadBundle) => void;
  /** One retraining after the other, of all cameras. */
  readonly inTurn: InTurn;
  /** Of retrainings. */
  readonly thread?: RetrainThread;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface LearningStatus {
  readonly archive: ArchiveCounts;
  readonly training: Training;
  readonly progress: Progress;
  readonly drift: Drift;
}

/** What became of a head. */
export interface ModelNews extends Omit<GateFacts, 'job'> {
  readonly type: 'model_promoted' | 'model_held' | 'model_rejected' | 'model_rolled_back';
  readonly job: string | null;
  readonly from: string;
  readonly to: string;
  /** Id of the head that waits for approval, or did. */
  readonly candidate: string | null;
}

/** The news as an event on the broker. @param id a new ULID */
export function modelEventPayload(news: ModelNews, id: string, { site, atMs }: Sender): SurfEvent {
  const { reasons, ...rest } = news;
  return { v: 1, id, ts: iso(atMs), site, ...rest, reasons: [...reasons] } as SurfEvent;
}
