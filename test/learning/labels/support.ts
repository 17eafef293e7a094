/** A label service on a real archive; only the network is left out. */
import sharp from 'sharp';
import { monotonicFactory } from 'ulid';
import { onTestFinished } from 'vitest';
import { openArchive } from '../../../src/learning/archive/archive.ts';
import { ARCHIVE_LIKENESS } from '../../../src/learning/archive/options.ts';
import { createRecentFrames } from '../../../src/learning/archive/recent.ts';
import type { NewFrame } from '../../../src/learning/archive/types.ts';
import { type LabelServiceParts, labelService } from '../../../src/learning/labels/service.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'];

const newId = monotonicFactory();

/** What a picture would be looked at as. */
const SEEN = {
  visibility: 'ok',
  head: 'head-1',
  backbone: 'ab'.repeat(32),
  novelty: null,
  cells: [
    { zone: 'beach', rectangle: { x: 0, y: 0, w: 1, h: 1 }, scores: { surfing: 0.4, windsurfing: 0.2 } },
  ],
} as const satisfies Partial<NewFrame>;

export function frame(id = newId(), seed = 1): NewFrame {
  return {
    ...SEEN,
    id,
    takenAt: Date.UTC(2026, 5, 1, 9),
    because: 'sample',
    picture: Buffer.from([0xff, 0xd8, 0xff, seed & 255, (seed >> 8) & 255]),
    embeddings: Float32Array.from({ length: 8 }, (_, i) => ((seed * (i + 3)) % 17) / 17),
  };
}

/** A picture of one colour. */
export function picture(colour = '#3388cc', format: 'jpeg' | 'png' | 'webp' = 'jpeg'): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 48, channels: 3, background: colour } })
    .toFormat(format)
    .toBuffer();
}

export async function startLabels(parts: Partial<LabelServiceParts> = {}, directory?: string) {
  const clock = fakeClock();
  const archive = await openArchive({
    directory: directory ?? (await temporaryFolder()),
    options: { ...DEFAULTS.learning, ...ARCHIVE_LIKENESS, minFreeBytes: 0 },
    clock,
  });
  onTestFinished(() => archive.close());
  const recent = createRecentFrames();
  const embedded: Buffer[] = [];
  const labels = labelService({
    archive,
    recent,
    activities: () => ACTIVITIES,
    newActivities: [],
    embedPicture: async jpeg => {
      embedded.push(jpeg);
      return { ...SEEN, embeddings: Float32Array.from({ length: 8 }, (_, i) => i) };
    },
    pointAt: async () => false,
    rider: () => 0.3,
    newId,
    clock,
    log: silent,
    ...parts,
  });
  return { archive, recent, labels, clock, embedded };
}
