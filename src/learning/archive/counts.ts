/** How much is in the archive. */
import type { Database } from '../../base/database.ts';
import { heldLabels } from './label-log.ts';
import { usageOf } from './room.ts';
import type { ArchiveCounts } from './types.ts';

/** A frame counts once, however often it was labelled. */
export function countsOf(database: Database): ArchiveCounts {
  const labels: Record<string, number> = {};
  for (const entry of heldLabels(database).values()) {
    for (const name of entry.labels.length === 0 ? ['none'] : entry.labels) {
      labels[name] = (labels[name] ?? 0) + 1;
    }
  }
  return { ...usageOf(database), labels };
}
