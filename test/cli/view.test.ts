import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { writeStateFile } from '../../src/base/state-file.ts';
import { viewCommand } from '../../src/cli/view.ts';
import { controlVerbs } from '../../src/control/verbs.ts';
import { lockState } from '../../src/host/state/lock.ts';
import { viewFile } from '../../src/pipeline/view-store.ts';
import { storeView } from '../../src/vision/quality/store-view.ts';
import { watchView } from '../../src/vision/quality/watch-view.ts';
import { startControl } from '../control/parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { daemonWith } from './daemon-support.ts';
import { runHere } from './support.ts';

/** A state folder in which a view was left: a bright square in the dark. */
async function leftView() {
  const stateDir = await temporaryFolder();
  const grey = Float32Array.from({ length: 72 * 128 }, (_, point) => {
    const [row, column] = [Math.floor(point / 128), point % 128];
    return row > 20 && row < 50 && column > 40 && column < 90 ? 200 : 60;
  });
  let state = watchView(null, grey, 0);
  for (let count = 1; count < 30; count++) state = watchView(state, grey, count * 60_000);
  const view = storeView(state);
  if (view === null) throw new Error('nothing was learnt');
  await writeStateFile(viewFile(stateDir), view);
  return { stateDir, given: ['--set', `stateDir=${stateDir}`], file: join(stateDir, 'view.json') };
}

test('says what was learnt, and draws it', async () => {
  const { stateDir, given } = await leftView();
  const { status, output } = await runHere(viewCommand(), given);
  expect([status, output]).toEqual([
    0,
    expect.stringMatching(/^learnt from 30 pictures over 0\.5 hours, written \d{4}-/),
  ]);
  const picture = join(stateDir, 'view.png');
  const drawn = await runHere(viewCommand(), ['show', ...given, '--picture', picture, '--json']);
  expect(JSON.parse(drawn.output)).toMatchObject({ pictures: 30, seconds: 1740, forgotten: false });
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([1024, 576]);
  const at = (column: number, row: number) => data[(row * 8 * 1024 + column * 8) * info.channels] ?? 0;
  // The side of the square, and its middle.
  expect(Math.max(...[39, 40, 41, 42].map(column => at(column, 35)))).toBeGreaterThan(100);
  expect(at(65, 35)).toBeLessThan(20);
  const refused = await runHere(viewCommand(), [
    'show',
    ...given,
    '--picture',
    join(stateDir, 'no', 'v.png'),
  ]);
  expect([refused.status, refused.errors]).toEqual([1, expect.stringMatching(/^output-unwritable: /)]);
});

test('forgets what a daemon left, and says so where there is nothing', async () => {
  const { given, file } = await leftView();
  const { output } = await runHere(viewCommand(), ['forget', ...given, '--json']);
  expect(JSON.parse(output)).toMatchObject({ pictures: 30, forgotten: true });
  expect(existsSync(file)).toBe(false);
  expect((await runHere(viewCommand(), given)).output).toBe('nothing is known of the view yet\n');
  writeFileSync(file, '{"version":1');
  const damaged = await runHere(viewCommand(), given);
  expect([damaged.status, damaged.errors]).toEqual([
    1,
    expect.stringMatching(/^storage-failed: .*view\.json/),
  ]);
  expect(readFileSync(file, 'utf8')).toBe('{"version":1');
});

test('asks the daemon that works in the folder, or one elsewhere', async () => {
  const { stateDir, given, file } = await leftView();
  const lock = lockState(stateDir, Date.now());
  onTestFinished(() => lock.release());
  const { messaging, run } = await daemonWith({}, { verbs: controlVerbs(await startControl()) });
  const here = [...given, '--set', `broker.port=${new URL(messaging.address).port}`];
  const told = await runHere(viewCommand(), ['forget', ...here, '--json']);
  expect(JSON.parse(told.output)).toMatchObject({ pictures: 7, forgotten: true });
  // It is the daemon that deletes it.
  expect(existsSync(file)).toBe(true);
  expect((await run(viewCommand(), ['show'])).output).toBe('learnt from 7 pictures over 0.0 hours\n');
  expect((await run(viewCommand(), ['forget'])).output).toMatch(/\nforgotten: /);
});
