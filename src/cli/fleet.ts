/** `surfwatch fleet`: all boards of a broker, from what it keeps of them. */
import { Command, Option } from 'commander';
import { systemClock as clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { connectAnyVersion } from '../messaging/any-version.ts';
import { FLEET_FILTERS, type Fleet, takeFleetMessage } from '../messaging/fleet.ts';
import { type BoardReport, fleetReport } from '../messaging/fleet-report.ts';
import { type DaemonFlags, duration, placeOf } from './daemon/options.ts';
import { EXIT } from './exit.ts';
import { printFleet } from './fleet-table.ts';
import { untilInterrupted } from './interrupt.ts';
import { addConfigOptions, type ConfigOptions } from './options.ts';

interface FleetFlags extends ConfigOptions, Pick<DaemonFlags, 'url' | 'json'> {
  readonly watch: boolean;
  /** Milliseconds. */
  readonly staleAfter: number;
}

/** A broker sends what it retains at once, but does not say when that was all. */
const QUIET_MS = 500;
const LONGEST_MS = 10_000;
const GOODBYE_MS = 300;
const MAX_INCOMING_BYTES = 1_048_576;
/** Between two pictures of a fleet that is watched. */
const REDRAW_MS = 1_000;

export function fleetCommand(): Command {
  const command = new Command('fleet').description('show all boards on a broker');
  command.addCommand(statusCommand());
  return command;
}

function statusCommand(): Command {
  return addConfigOptions(new Command('status'))
    .description('show the health of each board on a broker, from the topics the broker retains')
    .option('-u, --url <address>', 'the broker: mqtt://[user:password@]host[:port]')
    .addOption(
      new Option('--stale-after <time>', 'a board that says nothing for longer counts as not well')
        .argParser(duration)
        .default(300_000, '5m'),
    )
    .option('-w, --watch', 'keep running, and show it again when something changes', false)
    .option(
      '--json',
      'answer with one JSON object: well, boards [{site, online, activity, problems, …}]',
      false,
    )
    .addHelpText('after', HELP)
    .action(status);
}

const HELP = `
It asks no board: it reads what the broker retains on surf/<site>/… (boards in a fleet) and on surf/… (a single board), so it
also shows boards that are away. The exit status is 0 if every board is online, has its camera and no alert, and was heard
from recently, otherwise 1. A board that is in the night, closed or paused need not have its camera.

A board that was taken down for good is forgotten when its retained topics are removed:
mosquitto_sub -t "surf/old-site/#" --remove-retained --retained-only -W 1

Examples:
  $ surfwatch fleet status --url mqtt://192.168.1.5
  $ surfwatch fleet status -c board.json --watch
  $ surfwatch fleet status --json | jq '.boards[] | select(.problems != [])'
`;

async function status(flags: FleetFlags): Promise<void> {
  const { mqtt } = placeOf({ ...flags, base: 'surf', timeout: LONGEST_MS });
  const fleet: Fleet = new Map();
  let changedMs = clock.monotonic();
  const link = await connectAnyVersion(mqtt, MAX_INCOMING_BYTES, ({ topic, payload }) => {
    if (takeFleetMessage(fleet, topic, payload)) changedMs = clock.monotonic();
  });
  const report = () => fleetReport(fleet, clock.now(), flags.staleAfter);
  try {
    // QoS 0: what is retained is not queued, where a broker would drop what is too much.
    const refusal = await link.connection.subscribe(FLEET_FILTERS, { retained: true, qos: 0 });
    if (refusal !== undefined) throw refusal.fault;
    const startMs = clock.monotonic();
    while (clock.monotonic() - changedMs < QUIET_MS && clock.monotonic() - startMs < LONGEST_MS)
      await clock.sleep(QUIET_MS / 10);
    if (flags.watch) return await watch(flags, report, () => changedMs, link.connection.ended);
    const boards = report();
    if (boards.length === 0 && !flags.json)
      throw new SurfwatchError('fleet-absent', `nothing is retained on surf/# at ${link.address}`);
    show(boards, flags);
    if (!areWell(boards)) process.exitCode = EXIT.failure;
  } finally {
    await link.connection.close(GOODBYE_MS);
  }
}

/** Until Ctrl-C, or the connection ends. */
async function watch(
  flags: FleetFlags,
  report: () => BoardReport[],
  changedMs: () => number,
  ended: Promise<SurfwatchError>,
): Promise<void> {
  const { signal, release } = untilInterrupted('');
  const lost = ended.then(fault => {
    if (!signal.aborted) throw fault;
  });
  let shownMs = Number.NEGATIVE_INFINITY;
  try {
    while (!signal.aborted) {
      if (changedMs() > shownMs) {
        shownMs = changedMs();
        if (process.stdout.isTTY && !flags.json) console.clear();
        show(report(), flags);
      }
      await Promise.race([lost, clock.sleep(REDRAW_MS, signal).catch(() => undefined)]);
    }
  } finally {
    release();
  }
}

function show(boards: readonly BoardReport[], { json }: FleetFlags): void {
  if (json) console.log(JSON.stringify({ well: areWell(boards), boards }));
  else printFleet(boards);
}

function areWell(boards: readonly BoardReport[]): boolean {
  return boards.length > 0 && boards.every(({ problems }) => problems.length === 0);
}
