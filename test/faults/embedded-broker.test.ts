import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { answers, listener } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startBoard } from './support.ts';

const KILLS = Number(process.env.SURFWATCH_KILLS ?? 3);
/** Other moments each time; that of a failed run is in its message. */
const SEED = Number(process.env.SURFWATCH_SEED ?? Date.now() % 100_000);
/** Sessions that come and go within seconds, and are seen: on one tile of the whole beach riders are too small. */
const LIVELY = ['camera.simulator.speed=60', 'activity.staleAfter=2s', 'vision.detail=1'];

const json = (text: string | undefined) => JSON.parse(text ?? '{}');
const idOf = (text: string): string => json(text).id;

describe('the embedded broker', () => {
  it(
    `that is killed is back within seconds, and no event is lost (SURFWATCH_SEED=${SEED})`,
    async () => {
      const random = createRandom(SEED);
      const board = await startBoard({ stateDir: await temporaryFolder(), set: LIVELY });
      await board.framesGoOn('at first');
      for (let kill = 0; kill < KILLS; kill++) {
        await delay(random.between(0, 500));
        process.kill(brokerOf(board.child.pid), 'SIGKILL');
        await board.framesGoOn(`after kill ${kill}`);
        await board.until(() => answers(Number(new URL(board.url).port)), 'the broker');
        const reader = await listener(board.url);
        await board.until(() => json(reader.last('surf/state')).state === 'running', 'the state');
        await board.until(() => reader.last('surf/activity') !== undefined, 'an activity');
        expect(reader.last('surf/availability')).toBe('online');
        await board.until(() => reader.on('surf/event').length >= 2, 'events');
        const ids = reader.on('surf/event').map(idOf);
        expect(ids).toEqual(ids.toSorted());
        await reader.mqtt.endAsync();
      }
      const late = await listener(board.url);
      expect(await board.kill('SIGTERM')).toBe(0);
      expect(late.last('surf/availability')).toBe('offline');
      expect(await answers(Number(new URL(board.url).port))).toBe(false);
    },
    KILLS * 300_000,
  );

  it('ends with a daemon that is killed, and forgets what only that could say', async () => {
    const stateDir = await temporaryFolder();
    const first = await startBoard({ stateDir });
    await first.framesGoOn('at first');
    await first.kill('SIGKILL');
    // The model is loaded after the broker listens: who comes at once must not be told of a beach that nobody looks at.
    const second = await startBoard({
      stateDir,
      set: ['camera.kind=directory', 'camera.directory.path=/nowhere'],
    });
    await second.until(() => answers(Number(new URL(second.url).port)), 'the broker');
    const early = await listener(second.url);
    await second.until(() => json(early.last('surf/state')).state === 'degraded', 'the state');
    expect(early.on('surf/state').map(text => json(text).state)).not.toContain('running');
    expect(early.on('surf/camera/availability')).not.toContain('online');
    for (const text of early.on('surf/activity')) expect(json(text).frame).toBeNull();
  });
});

/** The one child of a daemon whose camera is the simulator. */
function brokerOf(pid = 0): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
