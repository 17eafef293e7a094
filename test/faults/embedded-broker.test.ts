import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { answers, client, listener } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startBoard } from './support.ts';

const KILLS = Number(process.env.SURFWATCH_KILLS ?? 3);
/** Other moments each time; that of a failed run is in its message. */
const SEED = Number(process.env.SURFWATCH_SEED ?? Date.now() % 100_000);
/** Sessions that come and go within seconds, and are seen: on one tile of the whole beach riders are too small. */
const LIVELY = ['camera.simulator.speed=60', 'activity.staleAfter=2s', 'vision.detail=1'];

const json = (text: string | undefined) => JSON.parse(text ?? '{}');
const idOf = (text: string): string => json(text).id;
const unique = (ids: readonly string[]) => [...new Set(ids)];

describe('the broker inside a daemon that is killed', () => {
  it(
    `keeps each event for a subscriber that is away, and tells the truth when it is back (SURFWATCH_SEED=${SEED})`,
    async () => {
      const random = createRandom(SEED);
      const stateDir = await temporaryFolder();
      const start = () => startBoard({ stateDir, set: LIVELY });
      /** With a session that stays. */
      const subscriber = (url: string) => client(url, { clientId: 'away', clean: false });

      let board = await start();
      await board.framesGoOn('at first');
      const leaving = await subscriber(board.url);
      await leaving.mqtt.subscribeAsync('surf/event', { qos: 1 });
      await leaving.mqtt.endAsync();
      const told = new Map(leaving.on('surf/event').map(text => [idOf(text), text]));
      /** What others saw while it was away. */
      const seen = new Map<string, string>();
      for (let kill = 0; kill < KILLS; kill++) {
        const witness = await listener(board.url, 'surf/#', { reconnectPeriod: 0 });
        await board.until(() => witness.on('surf/event').length >= 1, 'an event');
        await delay(random.between(0, 500));
        await board.kill('SIGKILL');
        for (const text of witness.on('surf/event')) seen.set(idOf(text), text);
        board = await start();
        await board.framesGoOn(`after kill ${kill}`);
      }
      const back = await subscriber(board.url);
      const heard = () => [...told.keys(), ...back.on('surf/event').map(idOf)];
      await board.until(() => [...seen.keys()].every(id => heard().includes(id)), 'all that was seen');
      // A second time only where the daemon was killed before it knew that the broker had the first.
      expect(heard().length - unique(heard()).length).toBeLessThanOrEqual(KILLS);
      // What comes at the moment of its return may overtake what waited.
      const waited = unique(heard()).filter(id => seen.has(id));
      expect(waited).toEqual(waited.toSorted());
      for (const text of back.on('surf/event')) expect(seen.get(idOf(text)) ?? text).toBe(text);

      const late = await listener(board.url);
      await board.until(() => json(late.last('surf/state')).state === 'running', 'the state');
      await board.until(() => late.last('surf/activity') !== undefined, 'an activity');
      expect(late.last('surf/availability')).toBe('online');
      expect(late.last('surf/camera/availability')).toBe('online');
      const stopped = await board.kill('SIGTERM');
      expect(stopped).toBe(0);
      expect(late.last('surf/availability')).toBe('offline');
    },
    KILLS * 120_000,
  );

  it('forgets with it what only that process could say', async () => {
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
  }, 120_000);
});
