import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { captureCommand } from '../../src/cli/capture.ts';
import { optionsCommand } from '../../src/cli/change-options.ts';
import { configCommand } from '../../src/cli/config.ts';
import { pauseCommand, resumeCommand } from '../../src/cli/pause.ts';
import { controlVerbs } from '../../src/control/verbs.ts';
import { startControl } from '../control/parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { daemonWith } from './daemon-support.ts';
import { runHere } from './support.ts';

async function daemon(stateDir?: string) {
  return daemonWith({}, { verbs: controlVerbs(await startControl(stateDir)) });
}

test('pause and resume say what holds', async () => {
  const { run } = await daemon();
  const { status, output } = await run(pauseCommand(), ['2h', '--reason', 'repairs']);
  expect(status).toBe(0);
  expect(output).toMatch(/^paused since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, until \d{4}-/);
  const { output: json } = await run(pauseCommand(), ['--json']);
  expect(JSON.parse(json)).toMatchObject({ paused: true, until: null, reason: null, kept: true });
  expect((await run(pauseCommand())).output).toMatch(/, until surfwatch resume\n$/);
  expect((await run(resumeCommand())).output).toBe('not paused: the daemon looks at the beach\n');
});

test('pause ends with 1 for an end that the daemon refuses', async () => {
  const { run } = await daemon();
  const { status, output, errors } = await run(pauseCommand(), ['2h', '--until', '2999-01-01T00:00:00Z']);
  expect([status, output]).toEqual([1, '']);
  expect(errors).toMatch(/^command-invalid: .*not both/);
});

test('capture says what is seen, and writes the picture', async () => {
  const { run } = await daemon();
  const file = join(await temporaryFolder(), 'now.jpg');
  const { status, output } = await run(captureCommand(), ['--output', file, '--width', '80', '--keep']);
  expect(status).toBe(0);
  expect(output).toMatch(
    /^surfing\nframe {2}01\w+, .*\nsurfing +0\.800\narchive: kept\nwritten to .*now\.jpg\n$/,
  );
  expect(await sharp(readFileSync(file)).metadata()).toMatchObject({ format: 'jpeg', width: 80 });
  const { output: json } = await run(captureCommand(), ['--json', '--output', file]);
  expect(JSON.parse(json)).toMatchObject({ activity: 'surfing', visibility: 'ok', file });
  expect(json).not.toContain('"jpeg"');
});

test('capture ends with 1 in a pause, and where the file cannot be written; with 2 for a wrong width', async () => {
  const { run } = await daemon();
  const unwritable = await run(captureCommand(), ['--output', '/nowhere/now.jpg']);
  expect([unwritable.status, unwritable.errors]).toEqual([1, expect.stringMatching(/^output-unwritable: /)]);
  expect((await run(captureCommand(), ['--width', '4'])).status).toBe(2);
  await run(pauseCommand());
  const paused = await run(captureCommand());
  expect([paused.status, paused.errors]).toEqual([
    1,
    expect.stringMatching(/^capture-paused: the camera is paused until `resume`/),
  ]);
});

test('options are shown, changed and reset; config print shows what holds', async () => {
  const folder = await temporaryFolder();
  const { run } = await daemon(folder);
  const { output: all, errors } = await run(optionsCommand());
  expect(errors).toBe('');
  expect(all).toMatch(/^camera\.interval +"2s" +\S/m);
  const changed = await run(optionsCommand(), ['camera.interval=5s', 'activity.thresholds={"surfing":0.6}']);
  expect(changed.output).toMatch(/^camera\.interval +"5s" +runtime$/m);
  const explained = await run(optionsCommand(), ['activity.thresholds', '--explain']);
  expect(explained.output).toMatch(
    /activity\.thresholds +\{"surfing":0\.6\} +runtime +\{\} +object of name: number 0\.\.1 +Thresholds for an activity/,
  );

  const print = ['print', '--sources', '--json', '--set', `stateDir=${folder}`];
  const printed = await runHere(configCommand(), print);
  expect(JSON.parse(printed.output)).toContainEqual({
    path: 'camera.interval',
    value: '5s',
    source: 'runtime',
  });

  const { output } = await run(optionsCommand(), ['--reset', 'camera', 'activity', '--json']);
  expect(JSON.parse(output).changed).toEqual(['camera.interval', 'activity.thresholds']);
});

test.each([
  ['camera.intervall=5s', /^option-unknown: .*did you mean "camera\.interval"\?/],
  ['camera.interval=1ms', /^option-invalid: camera\.interval: must be a duration .* of 100ms or more/],
  ['mqtt.url=mqtt://x', /^option-fixed: mqtt\.url: cannot change while the daemon runs/],
])('options %s ends with 1 and says why', async (change, said) => {
  const { run } = await daemon();
  const { status, output, errors } = await run(optionsCommand(), [change]);
  expect([status, output]).toEqual([1, '']);
  expect(errors).toMatch(said);
});
