import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { has, hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, labelOne, startBoard, statusOf } from './support.ts';

const SOURCE = fileURLToPath(new URL('slow-disk.c', import.meta.url));
const canBuild = has('cc');
if (!canBuild) console.warn('there is no C compiler: the slow disk is skipped (apt install gcc libc6-dev)');

describe.skipIf(!hasMosquitto || !canBuild)('a slow disk', () => {
  it('holds up labels, not frames: each sync takes 300 ms, each write 5 ms', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'slow-disk.so');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, SOURCE, '-ldl']);
    const stateDir = join(folder, 'state');
    const slowed = join(folder, 'slowed');
    const broker = await mosquitto();
    const board = await startBoard({
      url: broker.url,
      stateDir,
      set: ['learning.keep=pictures'],
      env: {
        LD_PRELOAD: library,
        SLOW_FOLDER: stateDir,
        SLOW_SYNC_MS: '300',
        SLOW_WRITE_MS: '5',
        SLOW_NOTE: slowed,
      },
    });
    await board.framesGoOn('on a slow disk');
    const requester = await asking(broker.url);
    const heard = await listener(broker.url);
    await board.until(() => (heard.last('surf/activity') ?? '').includes('"frame":"'), 'a frame');
    const frame = await labelOne(requester, heard);
    expect(await requester.request('explain', { frame })).toMatchObject({ labels: ['surfing'] });
    expect((await statusOf(requester)).health.mqtt.reconnects).toBe(0);
    expect(await board.kill('SIGTERM')).toBe(0);
    // Or the disk was as quick as ever, and nothing was shown.
    expect(readFileSync(slowed, 'utf8').length).toBeGreaterThan(10);
  });
});
