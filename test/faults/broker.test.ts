import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { proxyTo } from '../messaging/proxy.ts';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { FUZZ_SEED } from '../support/fuzz.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, startBoard, statusOf } from './support.ts';

const FLAPS = 6;

/** What these tests look at of an event. */
interface SessionEvent {
  readonly id: string;
  readonly type: string;
  readonly session?: { readonly id: string };
}

describe.skipIf(!hasMosquitto)('a broker that fails', () => {
  it.each(['hangs', 'is killed'] as const)('%s: frames go on, and it is found again', async how => {
    const broker = await mosquitto();
    const board = await startBoard({
      url: broker.url,
      stateDir: await temporaryFolder(),
      set: ['mqtt.keepalive=1s', 'mqtt.ackTimeout=1s', 'mqtt.connectTimeout=1s'],
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

  it('behind a network that drops, stalls and cuts: frames go on, and no event is lost', async () => {
    const random = createRandom(FUZZ_SEED);
    const broker = await mosquitto();
    const direct = await listener(broker.url);
    const proxy = await proxyTo(broker.port, { answersAfterMs: 50 });
    const board = await startBoard({
      url: proxy.url,
      stateDir: await temporaryFolder(),
      // Sessions that come and go within seconds.
      set: [
        'mqtt.keepalive=1s',
        'mqtt.ackTimeout=1s',
        'mqtt.connectTimeout=1s',
        'camera.simulator.speed=60',
        'activity.sessionUpdate=1s',
        'vision.detail=1',
      ],
    });
    await board.framesGoOn('with a network');
    const faults = { cut: proxy.cut, stall: proxy.stall, drop: proxy.shut };
    for (let flap = 0; flap < FLAPS; flap++) {
      const name = Object.keys(faults)[random.below(3)] as keyof typeof faults;
      faults[name]();
      if (name === 'drop') proxy.cut();
      await board.framesGoOn(`while the network does ${name}, seed ${FUZZ_SEED}`);
      proxy.open();
      proxy.recover();
      const heard = direct.on('surf/event').length + direct.on('surf/activity').length;
      await board.until(
        () => direct.on('surf/event').length + direct.on('surf/activity').length > heard,
        `a message after the network did ${name}, seed ${FUZZ_SEED}`,
      );
    }
    const requester = await asking(broker.url);
    await board.until(
      async () => (await statusOf(requester)).health.mqtt.reconnects >= FLAPS / 2,
      'connected again and again',
    );
    await board.until(() => direct.last('surf/availability') === 'online', 'online');
    expect(await board.kill('SIGTERM')).toBe(0);
    // A session that ends has begun: nothing between was lost. It may come twice, with the same words.
    const begun = new Set<string>();
    const told = new Map<string, string>();
    for (const text of direct.on('surf/event')) {
      const { id, type, session } = JSON.parse(text) as SessionEvent;
      expect(told.get(id) ?? text).toBe(text);
      told.set(id, text);
      if (type === 'session_started') begun.add(session?.id ?? '');
      else if (session !== undefined) expect(begun).toContain(session.id);
    }
    expect(begun.size).toBeGreaterThan(0);
  }, 300_000);

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
