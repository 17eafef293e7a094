/** Records what the days were like, and tells when the model needs attention. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { Clock } from '../../base/clock.ts';
import { readStateFile, writeStateFile } from '../../base/state-file.ts';
import type { JudgedBy } from '../advice/deciding.ts';
import { addObservation, type DriftDay, driftDaySchema, observeFrame } from '../advice/drift/days.ts';
import { type Landmarks, meanDistance } from '../advice/drift/landmarks.ts';
import { type Drift, driftOf } from '../advice/drift.ts';
import type { JudgedFrame } from './judged-frame.ts';

const FILE = 'days.json';
const daysSchema = z.object({ days: z.array(driftDaySchema) });

export interface DriftMonitor {
  add(frame: JudgedFrame): void;
  /** @param since day (UTC) from which on the present head is in use; null: from the first */
  drift(since: string | null): Drift;
  /** Puts the days on disk. */
  save(): Promise<void>;
}

/**
 * @param directory that of the archive; a damaged file in it is set aside, and the days are begun anew
 * @param landmarks what a frame's distance is measured to; null while that is not known
 * @param head the one in use
 */
export async function openDriftMonitor(
  directory: string,
  landmarks: () => Landmarks | null,
  head: () => Omit<JudgedBy, 'thresholds'>,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Logger },
): Promise<DriftMonitor> {
  const file = { path: join(directory, FILE), version: 1, schema: daysSchema };
  const { value, damage } = await readStateFile(file, clock.now());
  if (damage !== null) log.error({ damage }, 'the daily figures for drift are damaged and started anew');
  let days: readonly DriftDay[] = value?.days ?? [];
  return {
    add({ visibility, read, thresholds, frame }) {
      if (visibility !== 'ok') return;
      const known = landmarks();
      const distance = known === null ? null : meanDistance(known, read.embeddings);
      days = addObservation(
        days,
        observeFrame(read.cells, { ...head(), thresholds }, frame.takenAt, distance),
      );
    },
    drift: since => driftOf(days, landmarks()?.usual ?? null, { since }),
    save: () => writeStateFile(file, { days }),
  };
}
