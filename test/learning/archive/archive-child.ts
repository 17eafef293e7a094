/** Adds frames and labels them in a process of its own, telling what was acknowledged, so that a test can kill it. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src/base/clock.ts';
import { openArchive } from '../../../src/learning/archive/archive.ts';
import { ARCHIVE_LIKENESS } from '../../../src/learning/archive/options.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { labelAs, newFrame } from './frames.ts';

const archive = await openArchive({
  directory: process.argv[2] ?? '',
  options: { ...DEFAULTS.learning, ...ARCHIVE_LIKENESS, minFreeBytes: 0, duplicateDistance: 0 },
  clock: systemClock,
});
const before: string[] = [];
for (let count = 0; ; count++) {
  const frame = newFrame({ takenAt: Date.now() });
  if ((await archive.add(frame)) !== 'kept') throw new Error(`${frame.id} was not kept`);
  before.push(frame.id);
  const frames = count % 3 === 0 ? before.slice(-2) : [frame.id];
  const entries = archive.label(
    frames.map(id => ({ frame: id, label: labelAs(['surfing'], { by: `${count}` }) })),
  );
  for (const { seq, frame: id, by } of entries) writeSync(1, `label ${seq} ${id} ${by}\n`);
  if (count % 5 !== 4) continue;
  const undone = archive.undo(frame.id, { by: 'undo', way: 'cli', at: Date.now() });
  writeSync(1, `label ${undone.seq} ${frame.id} undo\n`);
}
