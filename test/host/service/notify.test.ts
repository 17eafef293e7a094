import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { takeServiceEnvironment } from '../../../src/host/service/environment.ts';
import { Notifier } from '../../../src/host/service/notifier.ts';
import { programSender } from '../../../src/host/service/send.ts';
import { Watchdog } from '../../../src/host/service/watchdog.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { silent as log } from '../../support/log.ts';
import { program } from '../../support/programs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { receiverAt } from './support.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const HAS_PERL = spawnSync('/usr/bin/perl', ['-v']).status === 0;
const HAS_PROGRAM = spawnSync('systemd-notify', ['--version']).status === 0;

describe('the environment', () => {
  test('is read and taken away from children', () => {
    const env = {
      NOTIFY_SOCKET: '/run/x',
      NOTIFY_FD: '3',
      WATCHDOG_USEC: '60000000',
      WATCHDOG_PID: '9',
      A: 'b',
    };
    expect(takeServiceEnvironment(env, 9)).toEqual({ socket: '/run/x', descriptor: 3, watchdogMs: 60_000 });
    expect(env).toEqual({ A: 'b' });
  });

  test('a watchdog for another process, or none, asks for nothing', () => {
    expect(takeServiceEnvironment({ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '6', WATCHDOG_PID: '8' }, 9)).toEqual(
      {
        socket: '@x',
        descriptor: undefined,
        watchdogMs: undefined,
      },
    );
    expect(takeServiceEnvironment({ WATCHDOG_USEC: '60000000' })).toBeUndefined();
    expect(takeServiceEnvironment({ NOTIFY_SOCKET: 'x' })).toBeUndefined();
  });
});

describe.skipIf(!HAS_PERL)('with a receiver of datagrams (needs perl)', () => {
  test('the process that notify-exec becomes sends from its own id', async () => {
    const path = join(await temporaryFolder(), 'notify');
    const receiver = await receiverAt(path);
    const script = `
      import pino from 'pino';
      import { takeServiceEnvironment } from '${program('environment')}';
      import { createNotifier } from '${program('notifier')}';
      const notifier = createNotifier(takeServiceEnvironment(process.env), process.env, pino());
      notifier.starting('loading\\nthe model');
      notifier.ready('broker mqtt://127.0.0.1:1883');
      notifier.reloading();
      for (let i = 0; i < 30; i++) notifier.alive();
      notifier.stopping();
      await notifier.flush();`;
    const args = [process.execPath, '--input-type=module', '-e', script];
    const env = { PATH: process.env.PATH, NOTIFY_SOCKET: path };
    const ended = promisify(execFile)(join(ROOT, 'systemd', 'notify-exec'), args, { cwd: ROOT, env });
    expect(await receiver.next()).toBe('STATUS=starting: loading the model|EXTEND_TIMEOUT_USEC=60000000');
    expect(await receiver.next()).toBe('READY=1|STATUS=broker mqtt://127.0.0.1:1883');
    expect(await receiver.next()).toMatch(/^RELOADING=1\|MONOTONIC_USEC=\d+\|STATUS=reloading the settings$/);
    // More than the socket holds at once: those that wait are sent again.
    for (let i = 0; i < 30; i++) expect(await receiver.next()).toBe('WATCHDOG=1');
    expect(await receiver.next()).toBe('STOPPING=1|STATUS=stopping');
    expect((await ended).stdout).toBe('');
  });

  test('without systemd notify-exec only runs the program', async () => {
    const { stdout } = await promisify(execFile)(join(ROOT, 'systemd', 'notify-exec'), [
      '/bin/echo',
      'a b',
      '$c',
    ]);
    expect(stdout).toBe('a b $c\n');
  });

  test.skipIf(!HAS_PROGRAM)('systemd-notify sends where no socket was handed in', async () => {
    const path = join(await temporaryFolder(), 'notify');
    const receiver = await receiverAt(path);
    const notifier = new Notifier({ send: programSender(path, process.env), log });
    notifier.ready('two words');
    notifier.wedged('a frame');
    expect(await receiver.next()).toBe('READY=1|STATUS=two words');
    expect(await receiver.next()).toBe('STATUS=wedged: a frame|WATCHDOG=trigger');
    await notifier.flush();
  });
});

test('a message that cannot be sent is logged once, and the next is tried', async () => {
  const sent: string[] = [];
  const lines: string[] = [];
  let down = true;
  const send = async ([first = '']: readonly string[]) => {
    if (down) throw new Error('no socket');
    sent.push(first);
  };
  const notifier = new Notifier({ send, log: pino({}, { write: line => lines.push(line) }) });
  notifier.alive();
  notifier.alive();
  await notifier.flush();
  expect(lines).toHaveLength(1);
  down = false;
  notifier.ready('x');
  await notifier.flush();
  expect(sent).toEqual(['READY=1']);
});

describe('the watchdog', () => {
  function watched(watchdogMs: number | undefined) {
    const clock = fakeClock();
    const told: string[] = [];
    const progress = { steps: 0, frameSinceMs: null, resting: false };
    const notifier = { alive: () => told.push('alive'), wedged: (why: string) => told.push(why) };
    const options = { stepMs: 60_000, frameMs: 60_000 };
    const watchdog = new Watchdog({
      notifier: notifier as unknown as Notifier,
      ...{ watchdogMs, clock, log },
    });
    const start = () =>
      watchdog.start([
        { progress: () => ({ ...progress, resting: true }), options: () => options },
        { progress: () => progress, options: () => options },
      ]);
    return { clock, told, progress, watchdog, start };
  }

  test('is fed three times in its time while the pipeline lives', async () => {
    const { clock, told, progress, watchdog, start } = watched(30_000);
    start();
    for (let s = 0; s < 60; s++) {
      progress.steps += 1;
      await clock.advance(1_000);
    }
    expect(told).toEqual(Array(7).fill('alive'));
    await watchdog.stop();
  });

  test('a pipeline that stands still is called wedged, and fed again when it moves', async () => {
    const { clock, told, progress, watchdog, start } = watched(30_000);
    start();
    await clock.advance(75_000);
    expect(told.at(-1)).toMatch(/^no picture/);
    expect(watchdog.stalled).toMatch(/^no picture/);
    progress.steps += 1;
    await clock.advance(10_000);
    expect(told.at(-1)).toBe('alive');
    expect(watchdog.stalled).toBeNull();
    await watchdog.stop();
    expect(clock.sleeping).toBe(0);
  });

  test('where systemd waits for no sign of life it only looks', async () => {
    const { clock, told, watchdog, start } = watched(undefined);
    start();
    await clock.advance(100_000);
    expect(told).toEqual([]);
    expect(watchdog.stalled).not.toBeNull();
    await watchdog.stop();
  });
});
