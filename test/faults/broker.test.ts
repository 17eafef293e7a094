import { describe, expect, it } from 'vitest';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, startBoard, statusOf } from './support.ts';

describe.skipIf(!hasMosquitto)('a broker that fails', () => {
  it.each(['hangs', 'is killed'] as const)('%s: frames go on, and it is found again', async how => {
    const broker = await mosquitto();
    const board = await startBoard({
      url: broker.url,
      stateDir: await temporaryFolder(),
      set: ['mqtt.keepalive=1s'],
    });
    await board.framesGoOn('with a broker');
    if (how === 'hangs') broker.freeze();
    else await broker.kill();
    await board.until(() => /mqtt-|connection/.test(board.log()), 'the loss in the log');
    await board.framesGoOn(`while the broker ${how}`);
    if (how === 'hangs') broker.thaw();
    else await broker.start();
    const again = await listener(broker.url);
    await board.until(() => again.last('surf/availability') === 'online', 'online again');
    await board.until(() => again.on('surf/activity').length > 2, 'activities again');
    const { health } = await statusOf(await asking(broker.url));
    expect(health.mqtt.reconnects).toBeGreaterThan(0);
    expect(await board.kill('SIGTERM')).toBe(0);
  });

  it('that is not there at the start is waited for', async () => {
    const broker = await mosquitto();
    await broker.kill();
    const board = await startBoard({ url: broker.url, stateDir: await temporaryFolder() });
    await board.framesGoOn('without a broker');
    await broker.start();
    const heard = await listener(broker.url);
    await board.until(() => heard.last('surf/activity') !== undefined, 'an activity');
    expect(await board.kill('SIGTERM')).toBe(0);
  });
});
