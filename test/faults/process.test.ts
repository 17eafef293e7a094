import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, startBoard, statusOf } from './support.ts';

const ASLEEP_MS = 10_000;

describe('a process that is done wrong', () => {
  it.skipIf(!hasMosquitto)(
    'may sleep, as in a suspended machine: it is offline meanwhile, and goes on by itself',
    async () => {
      const broker = await mosquitto();
      const set = ['activity.staleAfter=5s'];
      const board = await startBoard({ url: broker.url, stateDir: await temporaryFolder(), set });
      await board.framesGoOn('awake');
      const heard = await listener(broker.url);
      board.child.kill('SIGSTOP');
      await delay(ASLEEP_MS);
      await board.until(() => heard.last('surf/availability') === 'offline', 'the last will');
      board.child.kill('SIGCONT');
      await board.until(() => heard.last('surf/availability') === 'online', 'online again');
      await board.framesGoOn('awake again');
      const since = heard.on('surf/activity').length;
      await board.until(() => heard.on('surf/activity').length > since + 2, 'activities again');
      expect(JSON.parse(heard.last('surf/activity') ?? '{}').activity).not.toBe('unknown');
      expect(await board.kill('SIGTERM')).toBe(0);
    },
  );

  it('may be started twice: the second says so and ends, the first goes on', async () => {
    const stateDir = await temporaryFolder();
    const first = await startBoard({ stateDir });
    await first.framesGoOn('alone');
    const second = await startBoard({ stateDir });
    expect(await second.ended()).toBe(1);
    expect(second.log()).toContain('state-locked');
    expect(second.log()).toContain(`process ${first.child.pid}`);
    await first.framesGoOn('after another was started');
    // The kernel takes the lock back from one that was killed.
    await first.kill('SIGKILL');
    const third = await startBoard({ stateDir });
    await third.framesGoOn('in place of the killed one');
    expect(await third.kill('SIGTERM')).toBe(0);
  });

  it('may be told to reload a config that is broken: the old one stays', async () => {
    const config = join(await temporaryFolder(), 'board.json');
    writeFileSync(config, '{"camera": {"offlineAfter": "31s"}}');
    const args = ['--config', config];
    const board = await startBoard({ stateDir: await temporaryFolder(), args });
    await board.framesGoOn('with the first config');
    const offlineAfter = async () => {
      const asked = await (await asking(board.url)).request('options', { get: ['camera.offlineAfter'] });
      return JSON.stringify(asked);
    };
    expect(await offlineAfter()).toContain('31s');
    writeFileSync(config, '{"camera": {"offlineAfter": ');
    board.child.kill('SIGHUP');
    await board.until(() => board.log().includes('config-'), 'the fault in the log');
    await board.framesGoOn('after a broken config');
    expect(await offlineAfter()).toContain('31s');
    writeFileSync(config, '{"camera": {"offlineAfter": "32s"}}');
    board.child.kill('SIGHUP');
    await board.until(async () => (await offlineAfter()).includes('32s'), 'the mended config');
    await statusOf(await asking(board.url));
    expect(await board.kill('SIGTERM')).toBe(0);
  });

  it('may be restarted in another time zone: the windows of the week are by its clock', async () => {
    const stateDir = await temporaryFolder();
    const hour = (add: number) => String((new Date().getUTCHours() + add + 24) % 24).padStart(2, '0');
    const windows = JSON.stringify([{ from: `${hour(-2)}:00`, to: `${hour(3)}:00` }]);
    const set = ['schedule.enabled=true', 'schedule.daylight=all', `schedule.windows=${windows}`];
    const open = await startBoard({ stateDir, set, env: { TZ: 'UTC' } });
    await open.framesGoOn('within the window');
    expect(await open.kill('SIGTERM')).toBe(0);
    const shut = await startBoard({ stateDir, set, env: { TZ: 'Asia/Tokyo' } });
    const state = async () => (await statusOf(await asking(shut.url))).state.state;
    await shut.until(
      () =>
        state().then(
          it => it === 'closed',
          () => false,
        ),
      'closed in Tokyo',
    );
    expect(await shut.frames()).toBe(0);
    expect(await shut.kill('SIGTERM')).toBe(0);
  });
});
