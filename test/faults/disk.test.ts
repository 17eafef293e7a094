import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fill, makeRoom, smallDisk } from './small-disk.ts';
import { asking, labelOne, setAside, startBoard } from './support.ts';

const NO_MOUNT = 'a disk can be mounted by root only';
const pace = (ms: number) => ({ set: { 'camera.interval': `${ms}ms` } });

describe('a disk that fails', () => {
  it.skipIf(!hasMosquitto)(
    'may be full: frames go on, it is said, and all is well when there is room again',
    async context => {
      const disk = await smallDisk(24);
      if (disk === null) return context.skip(NO_MOUNT);
      const broker = await mosquitto();
      const setup = {
        url: broker.url,
        stateDir: join(disk, 'state'),
        set: ['learning.keep=pictures', 'monitor.minFree=1000000'],
      };
      const board = await startBoard(setup);
      const heard = await listener(broker.url);
      await board.framesGoOn('with room');
      const requester = await asking(broker.url);
      await board.until(() => (heard.last('surf/activity') ?? '').includes('"frame":"'), 'a frame');
      const before = await labelOne(requester, heard);
      fill(disk);
      await board.framesGoOn('on a full disk');
      let interval = 300;
      // It may have given some room back itself: that is taken too.
      const isRefused = () => {
        fill(disk);
        return requester.request('options', pace(++interval)).then(
          () => false,
          error => error.code === 'disk-full',
        );
      };
      await board.until(isRefused, 'a change that is refused');
      await board.until(() => (heard.last('surf/alert/disk-full') ?? '') !== '', 'the alert');
      makeRoom(disk);
      await requester.request('options', pace(300));
      await board.until(() => heard.last('surf/alert/disk-full') === '', 'the end of the alert');
      const after = await labelOne(requester, heard);
      for (const frame of [before, after])
        expect(await requester.request('explain', { frame })).toMatchObject({ labels: ['surfing'] });
      expect(setAside(disk)).toEqual([]);
      expect(await board.kill('SIGTERM')).toBe(0);
      // As a power cut might leave it: the next start is on a full disk.
      fill(disk);
      const next = await startBoard(setup);
      await next.framesGoOn('started on a full disk');
      expect(setAside(disk)).toEqual([]);
      expect(await next.kill('SIGTERM')).toBe(0);
    },
  );

  it('may be read-only from the start: frames go on, and it is said that nothing is kept', async context => {
    const disk = await smallDisk(24);
    if (disk === null) return context.skip(NO_MOUNT);
    execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'ignore' });
    const board = await startBoard({ stateDir: join(disk, 'state') });
    await board.framesGoOn('on a read-only disk');
    const heard = await listener(board.url);
    await board.until(() => (heard.last('surf/alert/state-not-kept') ?? '') !== '', 'the alert');
    expect(await board.kill('SIGTERM')).toBe(0);
  });

  it('may become read-only: frames go on', async context => {
    const disk = await smallDisk(24);
    if (disk === null) return context.skip(NO_MOUNT);
    const board = await startBoard({ stateDir: join(disk, 'state') });
    await board.framesGoOn('on a disk that can be written to');
    try {
      execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'ignore' });
    } catch {
      return context.skip(
        'this kernel does not make a disk read-only while files on it are open for writing',
      );
    }
    await board.framesGoOn('on a read-only disk');
    expect(await board.kill('SIGTERM')).toBe(0);
  });

  it('may be without rights: frames go on, and it is said', async context => {
    if (process.getuid?.() === 0) return context.skip('root may write everywhere');
    const stateDir = join(await temporaryFolder(), 'state');
    mkdirSync(stateDir);
    chmodSync(stateDir, 0o500);
    const board = await startBoard({ stateDir });
    await board.framesGoOn('without rights');
    const heard = await listener(board.url);
    await board.until(() => (heard.last('surf/alert/state-not-kept') ?? '') !== '', 'the alert');
    expect(await board.kill('SIGTERM')).toBe(0);
  });
});
