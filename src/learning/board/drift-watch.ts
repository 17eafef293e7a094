/** Keeps account of what the days were like, and tells when the model should be looked at. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../ops/durable.ts';
import { addObservation, type DriftDay, driftDaySchema, observeFrame } from '../advice/drift/days.ts';
import { type Landmarks, landmarksOf, meanDistance } from '../advice/drift/landmarks.ts';
import { type Drift, driftOf } from '../advice/drift.ts';
import type { BaseSet } from '../retrain/types.ts';
import type { SeenFrame } from './seen-frame.ts';

const FILE = 'days.json';

export interface DriftWatch {
  take(seen: SeenFrame): void;
  /** @param since day (UTC) from which on the present head is in use; null: from the first */
  drift(since: string | null): Drift;
  /** Puts the days on disk. */
  save(): Promise<void>;
}

/** @param directory of the archive; a damaged file is begun anew */
export async function openDriftWatch(directory: string, base: BaseSet | null): Promise<DriftWatch> {
  const path = join(directory, FILE);
  const landmarks: Landmarks | null = base === null ? null : landmarksOf(base);
  let days: readonly DriftDay[] = await readFile(path, 'utf8').then(parse, () => []);
  return {
    take({ visibility, scored, thresholds, frame }) {
      if (visibility !== 'ok') return;
      const distance = landmarks === null ? null : meanDistance(landmarks, scored.embeddings);
      days = addObservation(days, observeFrame(scored.tiles, thresholds, frame.takenAt, distance));
    },
    drift: since => driftOf(days, landmarks?.usual ?? null, { since }),
    save: () => replaceFile(path, `${JSON.stringify(days)}\n`),
  };
}

function parse(text: string): readonly DriftDay[] {
  try {
    return z.array(driftDaySchema).parse(JSON.parse(text));
  } catch {
    return [];
  }
}
