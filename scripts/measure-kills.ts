/** Kills a real daemon again and again while it is labelled, trains and promotes, and looks at what each restart finds. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { systemClock } from '../src/base/clock.ts';
import { createRandom } from '../src/base/random.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openArchive } from '../src/learning/archive/archive.ts';
import { ARCHIVE_LIKENESS } from '../src/learning/archive/options.ts';
import type { Label } from '../src/learning/archive/types.ts';
import type { Requester } from '../src/messaging/request.ts';
import { createRenderer } from '../src/simulator/render.ts';
import { startDaemonChild } from './daemon-child.ts';
import { randomScene } from './scenes/random-scene.ts';

/** Small pictures, so that the time goes into labels and heads. */
const SETTINGS = [
  'camera.interval=200ms',
  'camera.simulator.width=640',
  'camera.simulator.height=360',
  'vision.detail=0.5',
];

const program = new Command('measure-kills')
  .description('kills a daemon that is labelled and retrained with SIGKILL; counts what was lost')
  .option('--kills <n>', 'how often', wholeNumber(1), 200)
  .option('--within <ms>', 'each at a random instant of so many milliseconds', wholeNumber(1), 6_000)
  .option('--seed <n>', 'of the instants', wholeNumber(0), 1)
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Truth {
  /** What was acknowledged of each frame. */
  readonly said: Map<string, string>;
  /** Sent, but not acknowledged when the daemon was killed: may hold or not. */
  pending: { readonly frame: string; readonly labels: string } | null;
}

interface Flags {
  readonly kills: number;
  readonly within: number;
  readonly seed: number;
}

async function measure({ kills, within, seed }: Flags): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-kills-'));
  const random = createRandom(seed);
  const truth: Truth = { said: new Map(), pending: null };
  const tally = { restarts: 0, promotions: 0, acknowledged: 0, lost: 0, countedTwice: 0, broken: 0 };
  let head = '';
  try {
    for (let kill = 0; kill < kills; kill++) {
      const { child, requester } = await startDaemonChild(SETTINGS, stateDir);
      const models = (await requester.request('models')) as { current: string; history: { to: string }[] };
      tally.restarts += 1;
      if (models.current !== head && head !== '') tally.promotions += 1;
      head = models.current;
      const begun = Date.now();
      const untilMs = random.between(0, within);
      const work = keepBusy(requester, truth, tally, kill).catch(() => undefined);
      await delay(Math.max(0, untilMs - (Date.now() - begun)));
      child.kill('SIGKILL');
      await once(child, 'exit');
      await work;
      requester.close().catch(() => undefined);
      await compare(stateDir, truth, tally);
      process.stderr.write(`\rkill ${kill + 1} of ${kills}: ${JSON.stringify(tally)}`);
    }
  } finally {
    process.stderr.write('\n');
    await rm(stateDir, { recursive: true, force: true });
  }
  console.log(JSON.stringify({ kills, ...tally }));
  if (tally.lost + tally.countedTwice + tally.broken > 0) process.exitCode = 1;
}

/** Labels and retrains until the daemon is gone. */
async function keepBusy(requester: Requester, truth: Truth, tally: { acknowledged: number }, round: number) {
  const renderer = createRenderer();
  const random = createRandom(round);
  const frames = [...truth.said.keys()];
  for (let seed = round * 1000; ; seed++) {
    if (seed % 10 === 4)
      await requester.request('retrain', { epochs: 3, force: true }).catch(() => undefined);
    const kind = seed % 2 === 0 ? 'kitesurfing' : 'none';
    const known = frames[seed % Math.max(1, frames.length)];
    if (known !== undefined && seed % 3 !== 0) {
      // Every second rider is pointed at.
      const x = kind === 'none' || seed % 4 === 0 ? null : random.between(0.1, 0.9);
      const labels = x === null ? kind : pointed(kind, x);
      truth.pending = { frame: known, labels };
      const label =
        x === null ? { labels: [kind] } : { riders: [{ x, y: 0.5, activity: kind }], complete: true };
      await requester.request('label', { frame: known, ...label });
      truth.said.set(known, labels);
    } else {
      const activities = kind === 'none' ? [] : ['kitesurfing' as const];
      const jpeg = await renderer.jpeg(randomScene(seed, { activities, width: 320, height: 180 }));
      truth.pending = null;
      const { frame } = (await requester.publishImage([kind], jpeg)) as { frame: string };
      truth.said.set(frame, kind);
    }
    truth.pending = null;
    tally.acknowledged += 1;
  }
}

/** With the place of the first rider, where one was pointed at. */
function saidBy({ labels, pointing }: Label): string {
  const said = labels.length === 0 ? 'none' : labels.join();
  const [rider] = pointing?.riders ?? [];
  return rider === undefined ? said : pointed(said, rider.x);
}

function pointed(labels: string, x: number): string {
  return `${labels} at ${x.toFixed(4)}`;
}

interface Tally {
  lost: number;
  countedTwice: number;
  broken: number;
}

/** What the disk holds against what was acknowledged. */
async function compare(stateDir: string, { said, pending }: Truth, tally: Tally): Promise<void> {
  const directory = join(stateDir, 'learning');
  const archive = await openArchive({
    directory,
    options: { ...defaultSettings().learning, ...ARCHIVE_LIKENESS, minFreeBytes: 0 },
    clock: systemClock,
    onSetAside: () => {
      tally.broken += 1;
    },
  });
  try {
    for (const [frame, labels] of said) {
      const held = archive.labelOf(frame);
      const found = held && saidBy(held);
      const may = pending?.frame === frame ? [labels, pending.labels] : [labels];
      if (found === undefined || !may.includes(found)) tally.lost += 1;
      else said.set(frame, found);
    }
    const labelled = archive.labelled();
    if (new Set(labelled.map(({ id }) => id)).size !== labelled.length) tally.countedTwice += 1;
    const counts = Object.values(archive.counts().labels).reduce((sum, count) => sum + count, 0);
    if (counts !== labelled.length) tally.countedTwice += 1;
  } finally {
    archive.close();
  }
}
