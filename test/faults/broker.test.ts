import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { drawnBeach } from '../daemon/support.ts';
import { proxyTo } from '../messaging/proxy.ts';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { FUZZ_SEED } from '../support/fuzz.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, startBoard, statusOf } from './support.ts';

const FLAPS = 6;

describe.skipIf(!hasMosquitto)('a broker that fails', () => {
  it.each(['hangs', 'is killed'] as const)('%s: frames go on, and it is found again', async how => {
    const broker = await mosquitto();
    const board = await startBoard({
      url: broker.url,
      stateDir: await temporaryFolder(),
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

  it('behind a network that drops, stalls and cuts: frames go on, and what happens meanwhile is told', async () => {
    const random = createRandom(FUZZ_SEED);
    const broker = await mosquitto();
    const direct = await listener(broker.url);
    const proxy = await proxyTo(broker.port, { answersAfterMs: 50 });
    const pictures = await temporaryFolder();
    const show = async (kind: 'none' | 'kitesurfing') => {
      for (const seed of [15, 22, 25])
        await writeFile(join(pictures, `${seed}.jpg`), await drawnBeach(seed, kind));
    };
    await show('none');
    const board = await startBoard({
      url: proxy.url,
      stateDir: await temporaryFolder(),
      set: [...['camera.kind=directory', `camera.directory.path=${pictures}`, 'vision.detail=1']],
    });
    await board.until(() => direct.on('surf/activity').length > 0, 'an activity');
    const faults = { cut: proxy.cut, stall: proxy.stall, drop: proxy.shut };
    for (let flap = 0; flap < FLAPS; flap++) {
      const name = (['cut', 'stall', 'drop'] as const)[random.below(3)] ?? 'cut';
      const when = `when the network does ${name} (${flap}, seed ${FUZZ_SEED})`;
      const told = (type: string) => direct.on('surf/event').filter(text => text.includes(type)).length;
      const type = flap % 2 === 0 ? 'session_started' : 'session_ended';
      const before = told(type);
      faults[name]();
      if (name === 'drop') proxy.cut();
      await show(flap % 2 === 0 ? 'kitesurfing' : 'none');
      await board.framesGoOn(when);
      proxy.open();
      proxy.recover();
      await board.until(() => told(type) > before, `${type} ${when}`);
    }
    const ids = new Map(direct.on('surf/event').map(text => [JSON.parse(text).id, text]));
    // One may come a second time, with the same words.
    for (const text of direct.on('surf/event')) expect(ids.get(JSON.parse(text).id)).toBe(text);
    await board.until(() => direct.last('surf/availability') === 'online', 'online');
    const requester = await asking(broker.url);
    const answersAgain = () =>
      statusOf(requester).then(
        ({ health }) => health.mqtt.reconnects > 0,
        () => false,
      );
    await board.until(answersAgain, 'an answer, after it was connected again');
    expect(await board.kill('SIGTERM')).toBe(0);
  }, 400_000);

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
