/** Plays a clip to the daemon as it is installed, and measures what it publishes. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import getPort from 'get-port';
import mqtt from 'mqtt';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { aboveZero } from '../src/cli/parse.ts';
import { type ClipSummary, isJudged, type Said, summarise } from './clip/summary.ts';
import { spawnDaemon } from './daemon-child.ts';

interface Flags {
  readonly seconds: number;
  readonly expect?: string;
  readonly set: readonly string[];
  readonly json: boolean;
}

/** A daemon that cannot judge a picture within this long never will. */
const PATIENCE_MS = 120_000;

const program = new Command('measure-clip')
  .description(
    'plays a clip in a loop to a daemon with default settings and its own broker, and measures what it publishes',
  )
  .argument(
    '<clip>',
    'a folder of frames, shown at the interval of the camera, or a video, which needs ffmpeg',
  )
  .option('--seconds <n>', 'to watch from the first judged publication on', aboveZero, 60)
  .option('--expect <activity>', 'what is to be seen, or none: measures how much of the time that is said')
  .option('--set <setting...>', 'settings over the defaults', [])
  .option('--json', 'answer as one JSON object', false)
  .action(measure);
await exitOnError(() => program.parseAsync());

async function measure(clip: string, { seconds, expect, set, json }: Flags): Promise<void> {
  const path = resolve(clip);
  const camera = (await stat(path)).isDirectory()
    ? ['camera.kind=directory', `camera.directory.path=${path}`]
    : ['camera.kind=ffmpeg', `camera.ffmpeg.input=${path}`];
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-clip-'));
  try {
    const summary = await watch([...camera, ...set], stateDir, seconds, expect ?? null);
    if (json) console.log(JSON.stringify(summary));
    else print(summary);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function watch(
  settings: readonly string[],
  stateDir: string,
  seconds: number,
  expect: string | null,
): Promise<ClipSummary> {
  // In a clone this builds first where that is due: its time must not count.
  execFileSync(process.execPath, [join(PACKAGE_ROOT, 'scripts/surfwatch.js'), '--version']);
  const port = await getPort();
  const startMs = Date.now();
  const daemon = spawnDaemon(settings, stateDir, port);
  // Tried often: how soon the subscriber is there must not count.
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 20 });
  client.on('error', () => undefined);
  client.on('connect', () => client.subscribe('surf/activity', { qos: 1 }));
  try {
    const said: Said[] = [];
    const ended = once(daemon, 'exit').then(([code]): never => {
      throw new Error(`the daemon ended with ${code}`);
    });
    const end = new Promise<void>(resolved => {
      let timer = setTimeout(resolved, PATIENCE_MS);
      let isWatched = false;
      client.on('message', (_, payload) => {
        const { ts, ...rest } = JSON.parse(payload.toString());
        const now: Said = { ...rest, atMs: Date.parse(ts) };
        said.push(now);
        if (isWatched || !isJudged(now)) return;
        isWatched = true;
        clearTimeout(timer);
        timer = setTimeout(resolved, seconds * 1000);
      });
    });
    await Promise.race([end, ended]);
    return summarise(said, startMs, Date.now(), expect);
  } finally {
    await client.endAsync(true);
    if (daemon.exitCode === null) {
      const gone = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await gone;
    }
  }
}

function print(summary: ClipSummary): void {
  const { firstS, firstActivityS, watchedS, right, activities, riders, gatesClosed, visibility } = summary;
  const after = (value: number | null) =>
    value === null ? 'never' : `${value.toFixed(1)} s after the start`;
  console.log(`first publication     ${after(firstS)}`);
  console.log(`first activity        ${after(firstActivityS)}`);
  console.log(`watched               ${watchedS.toFixed(0)} s`);
  if (right !== null) console.log(`right                 ${(right * 100).toFixed(1)} % of the time`);
  for (const [name, share] of Object.entries(activities))
    console.log(`${name.padEnd(21)} ${(share * 100).toFixed(1)} % of the time`);
  if (riders !== null)
    console.log(`riders                ${riders.min} to ${riders.max}, median ${riders.median}`);
  console.log(`gates closed          ${gatesClosed} times`);
  for (const [name, s] of Object.entries(visibility))
    console.log(`visibility ${name.padEnd(10)} ${s.toFixed(0)} s`);
}
