/** Plays a simulated camera's script through the model and the smoothing in simulated time, and compares with the truth. */
import { join } from 'node:path';
import { Command } from 'commander';
import { ulid } from 'ulid';
import { createBeachReader } from '../src/activity/beach-reader.ts';
import { NOTHING_OBSERVED, observe } from '../src/activity/observe.ts';
import type { SessionEvent } from '../src/activity/report.ts';
import { startTracker, stopTracker, track } from '../src/activity/tracker.ts';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { loadConfig } from '../src/config/load.ts';
import { zonesOf } from '../src/config/zones.ts';
import { pendingIntervalMs } from '../src/pipeline/frame-loop.ts';
import type { ScriptedSession } from '../src/simulator/options.ts';
import { createRenderer } from '../src/simulator/render.ts';
import { sceneAt } from '../src/simulator/scene.ts';
import { createScript, scriptedSessions } from '../src/simulator/script.ts';
import { fixedDetail } from '../src/vision/cells/detail.ts';

const program = new Command('play-script')
  .description(
    'plays simulator scripts in simulated time; counts sessions reported right, missed and invented',
  )
  .option('--seeds <list>', 'seeds of the simulated camera', '1,2,3')
  .option('--minutes <n>', 'simulated minutes of each', '10')
  .option('--config <file>', 'config', join(PACKAGE_ROOT, 'config', 'demo.json'))
  .option('--set <setting...>', 'settings over the config', [])
  .option('--verbose', 'print each session', false)
  .option('--json', 'answer as one JSON object', false)
  .action(play);
await exitOnError(() => program.parseAsync());

interface Flags {
  readonly seeds: string;
  readonly minutes: string;
  readonly config: string;
  readonly set: readonly string[];
  readonly verbose: boolean;
  readonly json: boolean;
}

type Found = SessionEvent['session'];

async function play(flags: Flags): Promise<void> {
  const untilMs = Number(flags.minutes) * 60_000;
  const totals = { scripted: 0, right: 0, reported: 0, invented: 0 };
  for (const seed of flags.seeds.split(',').map(Number)) {
    const { truth, found } = await playSeed(seed, untilMs, flags);
    const matches = truth.map(session => found.find(candidate => overlaps(candidate, session)));
    const invented = found.filter(candidate => !truth.some(session => overlaps(candidate, session)));
    totals.scripted += truth.length;
    totals.right += matches.filter(match => match !== undefined).length;
    totals.reported += found.length;
    totals.invented += invented.length;
    if (!flags.verbose) continue;
    for (const [index, session] of truth.entries()) {
      const match = matches[index];
      const seen =
        match === undefined ? 'MISSED' : `${seconds(match.start)}–${seconds(match.start + match.durationMs)}`;
      console.log(
        `seed ${seed}  ${session.activity.padEnd(12)} ${seconds(session.startMs)}–${seconds(session.endMs)}  ${seen}`,
      );
    }
    for (const { activity, start, durationMs, peak } of invented) {
      console.log(
        `seed ${seed}  ${activity.padEnd(12)} INVENTED ${seconds(start)}–${seconds(start + durationMs)} peak ${peak.toFixed(2)}`,
      );
    }
  }
  console.log(
    flags.json
      ? JSON.stringify(totals)
      : `${totals.right} of ${totals.scripted} scripted sessions reported with the right activity, ${totals.invented} of ${totals.reported} reported ones invented`,
  );
}

async function playSeed(
  seed: number,
  untilMs: number,
  flags: Flags,
): Promise<{ truth: ScriptedSession[]; found: Found[] }> {
  const { settings } = loadConfig({
    files: [flags.config],
    set: [...flags.set],
    env: {},
    cwd: process.cwd(),
  });
  const reader = await createBeachReader(settings.models, settings.vision, fixedDetail(settings.vision));
  const thresholds = { ...reader.head.manifest.thresholds, ...settings.activity.thresholds };
  const options = { ...settings.activity, thresholds };
  const zones = zonesOf(settings);
  const simulator = { ...settings.camera.simulator, seed };
  const script = createScript(simulator);
  const renderer = createRenderer();
  const found = new Map<string, Found>();
  const note = (events: readonly SessionEvent[]) => {
    for (const { session } of events) found.set(session.id, session);
  };
  let sight = NOTHING_OBSERVED;
  let tracker = startTracker(
    zones.map(zone => zone.name),
    { atMs: 0, monotonicMs: 0 },
  );
  let pace = settings.camera.intervalMs;
  for (let ms = 0; ms < untilMs; ms += pace) {
    const bytes = await renderer.jpeg(sceneAt(simulator, script, ms));
    const frame = { id: ulid(ms), takenAt: ms, bytes, origin: 'simulator' };
    const looked = await observe(frame, ms, sight, { reader, zones, gates: settings.gates, newId: ulid });
    sight = looked.state;
    const step = track(tracker, looked.observation, options, { newId: ulid });
    tracker = step.state;
    note(step.events);
    pace = step.pending ? pendingIntervalMs(settings.camera.intervalMs) : settings.camera.intervalMs;
  }
  note(stopTracker(tracker).events);
  await reader.close();
  // What began too near to the end could not be confirmed any more.
  const truth = scriptedSessions(script, untilMs).filter(session => session.startMs < untilMs - 15_000);
  return { truth, found: [...found.values()] };
}

/** A report belongs to a session of its activity that it overlaps, give or take the smoothing's delay. */
function overlaps({ activity, start, durationMs }: Found, session: ScriptedSession): boolean {
  return activity === session.activity && start < session.endMs && start + durationMs > session.startMs;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}
