import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, labelOne, setAside, startBoard, statusOf } from './support.ts';

const KILLS = Number(process.env.SURFWATCH_KILLS ?? 6);
/** Other moments each time; that of a failed run is in its message. */
const SEED = Number(process.env.SURFWATCH_SEED ?? Date.now() % 100_000);

describe('a daemon that is killed', () => {
  it.skipIf(!hasMosquitto)(
    `comes back ${KILLS} times, with every label it acknowledged and no event that tells something else (SURFWATCH_SEED=${SEED})`,
    async () => {
      const random = createRandom(SEED);
      const broker = await mosquitto();
      const heard = await listener(broker.url);
      const stateDir = await temporaryFolder();
      const labelled = new Set<string>();
      for (let kill = 0; kill < KILLS; kill++) {
        const before = heard.received.length;
        const board = await startBoard({ url: broker.url, stateDir, set: ['learning.keep=pictures'] });
        if (kill % 3 === 2) {
          // Within the start.
          await delay(random.between(0, 2_000));
          await board.kill('SIGKILL');
          continue;
        }
        const isOn = () =>
          heard.received
            .slice(before)
            .some(({ topic, text }) => topic === 'surf/activity' && text.includes('"frame":"'));
        await board.until(isOn, `a judged picture after kill ${kill}`);
        const requester = await asking(broker.url);
        for (let count = 0; count < 3; count++) labelled.add(await labelOne(requester, heard));
        await requester.request('retrain', { epochs: 1 }).catch(() => undefined);
        // Somewhere within what goes on: frames, an archive that is written, a head in training.
        await delay(random.between(0, 1_500));
        await board.kill('SIGKILL');
        await board.ended();
        await expect.poll(() => heard.last('surf/availability')).toBe('offline');
      }
      const last = await startBoard({ url: broker.url, stateDir });
      await last.framesGoOn('after all kills');
      const requester = await asking(broker.url);
      expect((await statusOf(requester)).learning).not.toBeNull();
      expect(labelled.size).toBeGreaterThan(0);
      for (const frame of labelled)
        expect(await requester.request('explain', { frame }), frame).toMatchObject({ labels: ['surfing'] });
      // One may come a second time (docs/mqtt.md), but with the same words.
      const told = new Map<string, string>();
      for (const text of heard.on('surf/event')) {
        const { id } = JSON.parse(text) as { id: string };
        expect(told.get(id) ?? text).toBe(text);
        told.set(id, text);
      }
      expect(setAside(stateDir)).toEqual([]);
      expect(await last.kill('SIGTERM')).toBe(0);
    },
    KILLS * 300_000,
  );
});
