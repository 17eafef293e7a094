/** Lives through days in minutes with a real daemon, and fails if it grows, leaks or slows down. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../src/base/clock.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openRequester, type Requester } from '../src/messaging/request.ts';
import { beachCamera } from './soak/beach-camera.ts';
import { labelAndRetrain, visit } from './soak/guests.ts';
import { hourLine, verdict, verdictTable } from './soak/report.ts';
import type { Sample } from './soak/sample.ts';
import { type SoakBoard, startBoard } from './soak/start-board.ts';

const HOUR_MS = 3_600_000;
/** At this hour of each day somebody labels and retrains. */
const RETRAIN_HOUR = 12;
/** Into so many parts an hour is cut; between them the latency is asked for: the daemon knows that of its last minute. */
const LOOKS = 6;

interface SoakOptions {
  readonly days: number;
  readonly factor: number;
  readonly json: boolean;
}

const program = new Command('soak')
  .description(
    'runs a daemon whose clock is fast, with a failing camera, guests every hour and a retraining a day, and looks for growth',
  )
  .option('--days <n>', 'simulated days; the first two are the warm-up', wholeNumber(4), 8)
  .option('--factor <n>', 'simulated seconds in one second', wholeNumber(1), 720)
  .option('--json', 'print samples and verdict as JSON', false)
  .addHelpText('after', '\nA day at factor 720 takes two minutes. Exit status 1 where something grows.\n')
  .action(soak);
await exitOnError(() => program.parseAsync());

async function soak({ days, factor, json }: SoakOptions): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-soak-'));
  const begin = performance.now();
  const camera = await beachCamera({ nowMs: () => (performance.now() - begin) * factor });
  const board = await startBoard({ cameraUrl: camera.url, stateDir, factor, interval: '1m' });
  const requester = await openRequester({
    ...defaultSettings().mqtt,
    url: board.address,
    base: 'surf',
    clock: systemClock,
  });
  const samples: Sample[] = [];
  try {
    for await (const sample of hours({ board, requester, days, factor })) {
      samples.push(sample);
      if (!json) console.log(hourLine(sample));
    }
  } finally {
    await requester.close();
    await board.stop();
    await camera.close();
    await rm(stateDir, { recursive: true, force: true });
  }
  const judged = verdict(samples);
  console.log(json ? JSON.stringify({ samples, verdict: judged }) : `\n${verdictTable(judged)}`);
  if (judged.some(({ isKept }) => !isKept)) process.exitCode = 1;
}

interface Life {
  readonly board: SoakBoard;
  readonly requester: Requester;
  readonly days: number;
  readonly factor: number;
}

/** A sample at the end of each hour. Those in which a retraining ran have none. */
async function* hours({ board, requester, days, factor }: Life): AsyncGenerator<Sample> {
  const begin = performance.now();
  const due = (hour: number) => begin + (hour * HOUR_MS) / factor;
  const until = (atMs: number) => systemClock.sleep(Math.max(0, atMs - performance.now()));
  let retrained = 0;
  for (let hour = 1; hour <= days * 24; hour++) {
    if (performance.now() > due(hour)) continue;
    const latencies: number[] = [];
    for (let look = 1; look < LOOKS; look++) {
      await until(due(hour - 1 + look / LOOKS));
      const { latencyMs } = await health(requester);
      // It times its frames by its own clock.
      if (latencyMs !== null) latencies.push(latencyMs.p50 / factor);
      if (look === 1) await visit(board.address, hour);
    }
    await until(due(hour));
    const { frames } = await health(requester);
    // The least: what else the machine does can only make it longer.
    const latencyMs = latencies.length === 0 ? null : Math.min(...latencies);
    yield { ...(await board.sample()), classified: frames.classified, retrained, latencyMs };
    if (hour % 24 === RETRAIN_HOUR && (await labelAndRetrain(requester, hour / 24 + 0.5))) retrained += 1;
  }
}

interface Health {
  readonly frames: { readonly classified: number };
  readonly latencyMs: { readonly p50: number } | null;
}

async function health(requester: Requester): Promise<Health> {
  const status = await requester.request('status');
  return (status as unknown as { health: Health }).health;
}
