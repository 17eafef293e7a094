import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetrics } from '../../../src/host/metrics/metrics.ts';
import { Textfile } from '../../../src/host/metrics/textfile.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { readableLog, silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';
import { SNAPSHOT } from './sample.ts';

describe('the file for node_exporter', () => {
  async function writing(path: string, log = silent) {
    const clock = fakeClock();
    let captured = 1;
    const metrics = createMetrics(() => [
      { ...SNAPSHOT, frames: { ...SNAPSHOT.frames, captured: captured++ } },
    ]);
    const file = new Textfile({ path, metrics, clock, log });
    onTestFinished(() => file.stop());
    file.start();
    const next = async () => {
      await until(() => clock.sleeping === 1, 'the pause');
      await clock.advance(60_000);
      await until(() => clock.sleeping === 1, 'the next pause');
    };
    return { file, next, clock };
  }

  it('is replaced at each interval, with nothing left beside it, and goes at the end', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'surfwatch.prom');
    const { file, next } = await writing(path);
    await next();
    expect(await readFile(path, 'utf8')).toContain(
      '\nsurfwatch_frames_captured_total{site="north-pier"} 2\n',
    );
    await next();
    expect(await readFile(path, 'utf8')).toContain(
      '\nsurfwatch_frames_captured_total{site="north-pier"} 3\n',
    );
    expect(await readdir(folder)).toEqual(['surfwatch.prom']);
    await file.stop();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is missed once in the log where it cannot be written', async () => {
    const { log, lines } = readableLog();
    const { next } = await writing(join(await temporaryFolder(), 'none', 'surfwatch.prom'), log);
    await next();
    await next();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ err: { code: 'storage-failed' } });
  });
});
