/**
 * Whether a daemon grows with the frames it judges: `npx tsx scripts/measure-growth.ts` sends it small ones as fast as it takes
 * them, and prints its memory on the way, as rows of a Markdown table. What days, faults, guests and retrainings do to it is
 * `npm run soak`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../src/base/clock.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openRequester } from '../src/messaging/request.ts';
import { beachCamera } from './soak/beach-camera.ts';
import type { BoardSample } from './soak/sample.ts';
import { startBoard } from './soak/start-board.ts';

/** A picture each second of a clock that runs so fast that one is always due. */
const FACTOR = 200;
const SIZE = { width: 160, height: 96 };
const LOOKS = 20;
const LOOK_EVERY_MS = 500;

const program = new Command('measure-growth')
  .description('sends a daemon small frames as fast as it takes them, and prints its memory on the way')
  .option('--frames <n>', 'so many', wholeNumber(LOOKS), 100_000)
  .action(measure);
await exitOnError(() => program.parseAsync());

async function measure({ frames }: { frames: number }): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-growth-'));
  const begin = performance.now();
  const nowMs = () => (performance.now() - begin) * FACTOR;
  const camera = await beachCamera({ nowMs, size: SIZE, fails: false });
  const board = await startBoard({ cameraUrl: camera.url, stateDir, factor: FACTOR, interval: '1s' });
  const requester = await openRequester({
    ...defaultSettings().mqtt,
    url: board.address,
    base: 'surf',
    clock: systemClock,
  });
  try {
    console.log(
      '| frames judged | RSS, MB | anonymous | heap | external | open files |\n| --- | --- | --- | --- | --- | --- |',
    );
    for (let look = 1; look <= LOOKS; look++) {
      let judged = 0;
      while (judged < (frames * look) / LOOKS) {
        await systemClock.sleep(LOOK_EVERY_MS);
        const status = await requester.request('status');
        judged = (status as unknown as { health: { frames: { classified: number } } }).health.frames
          .classified;
      }
      console.log(row(judged, await board.sample()));
    }
  } finally {
    await requester.close();
    await board.stop();
    await camera.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** MB are of 2^20 bytes. */
function row(judged: number, sample: BoardSample): string {
  const { rssBytes, anonymousBytes, heapBytes, externalBytes, openFiles } = sample;
  const megabytes = [rssBytes, anonymousBytes, heapBytes, externalBytes].map(bytes =>
    (bytes / 2 ** 20).toFixed(1),
  );
  return `| ${[judged, ...megabytes, openFiles].join(' | ')} |`;
}
