/** The clock of a whole process set while it runs, as a time server or a hand does it: all its threads and libraries see it. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listener } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, startBoard, statusOf } from './support.ts';

const LIBRARY = libfaketime();
if (LIBRARY === undefined)
  console.warn(
    'libfaketime is not installed: a clock set under a process is not tested (apt install faketime)',
  );

describe.skipIf(LIBRARY === undefined)('the clock of a process', () => {
  it('may be set to years ahead and back: frames, connection and state go on with the time it has', async () => {
    const file = join(await temporaryFolder(), 'time');
    const setClock = (offset: string) => writeFileSync(file, `${offset}\n`);
    setClock('-0');
    const board = await startBoard({
      stateDir: await temporaryFolder(),
      env: {
        LD_PRELOAD: LIBRARY ?? '',
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    });
    await board.framesGoOn('with the present time');
    const heard = await listener(board.url);
    const yearOf = () => new Date(JSON.parse(heard.last('surf/activity') ?? '{}').ts ?? 0).getUTCFullYear();
    const year = new Date().getUTCFullYear();
    await board.until(() => yearOf() === year, 'an activity of this year');
    for (const [offset, years] of [
      ['+3650d', 10],
      ['-3650d', -10],
      ['-0', 0],
    ] as const) {
      setClock(offset);
      await board.framesGoOn(`with a clock at ${offset}`);
      await board.until(() => Math.abs(yearOf() - year - years) <= 1, `an activity of ${year + years}`);
      const { state } = await statusOf(await asking(board.url));
      expect(state.state).toBe('running');
    }
    expect(heard.on('surf/availability')).not.toContain('offline');
    expect(await board.kill('SIGTERM')).toBe(0);
  });
});

function libfaketime(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  const paths = folders.map(folder => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`);
  return paths.find(path => existsSync(path));
}
