/** Archives to try things with. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { openArchive } from '../../../src/learning/archive/archive.ts';
import { ARCHIVE_LIKENESS, type ArchiveOptions } from '../../../src/learning/archive/options.ts';
import type { Archive } from '../../../src/learning/archive/types.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { MINUTE_MS, NOW } from './frames.ts';

export interface Place {
  readonly directory: string;
  readonly clock: Clock;
  open(options?: Partial<ArchiveOptions>, onSetAside?: (path: string) => void): Promise<Archive>;
}

/** Where an archive can be opened again and again. */
export async function archivePlace(directory?: string): Promise<Place> {
  const folder = directory ?? join(await temporaryFolder(), 'learning');
  const clock = fakeClock(NOW + 24 * 60 * MINUTE_MS);
  return {
    directory: folder,
    clock,
    async open(options = {}, onSetAside) {
      const archive = await openArchive({
        directory: folder,
        options: { ...DEFAULTS.learning, ...ARCHIVE_LIKENESS, minFreeBytes: 0, ...options },
        clock,
        ...(onSetAside === undefined ? {} : { onSetAside }),
      });
      onTestFinished(() => archive.close());
      return archive;
    },
  };
}

export async function openTestArchive(options: Partial<ArchiveOptions> = {}): Promise<Archive> {
  return (await archivePlace()).open(options);
}
