/** `surfwatch discovery`: the announcement to Home Assistant as it is at the broker, and its removal. */
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { connectAnyVersion } from '../messaging/any-version.ts';
import type { Connection } from '../messaging/connection.ts';
import { discoveryTopic, removalMessage } from '../messaging/discovery/message.ts';
import { addDaemonOptions, type DaemonFlags, placeOf, WHERE_IT_IS } from './daemon/options.ts';

/** A broker sends what it retains at once, but does not say where there is nothing. */
const RETAINED_MS = 2_000;
const MAX_INCOMING_BYTES = 1_048_576;
const GOODBYE_MS = 300;

/** The command `discovery` with its subcommands. */
export function discoveryCommand(): Command {
  const command = new Command('discovery').description(
    'show what Home Assistant was told about a board, and remove it',
  );
  command.addCommand(printCommand());
  command.addCommand(removeCommand());
  return command;
}

function printCommand(): Command {
  return addDaemonOptions(new Command('print'))
    .description('print the announcement that the broker keeps for Home Assistant')
    .addHelpText('after', PRINT_HELP)
    .action(print);
}

const PRINT_HELP = `${WHERE_IT_IS}

Examples:
  $ surfwatch discovery print -c board.json
  $ surfwatch discovery print --json | jq '.payload.cmps | keys'
`;

function removeCommand(): Command {
  return addDaemonOptions(new Command('remove'))
    .description('remove the device and all its entities from Home Assistant')
    .addHelpText('after', REMOVE_HELP)
    .action(remove);
}

const REMOVE_HELP = `
The daemon need not run. If it does, first set discovery.enabled to false and restart it: otherwise it announces the board
again. Remove a renamed board under its old name: --site OLD.
${WHERE_IT_IS}

Examples:
  $ surfwatch discovery remove -c board.json
  $ surfwatch discovery remove --url mqtt://192.168.1.5 --site north-pier
`;

async function print(flags: DaemonFlags): Promise<void> {
  await atBroker(flags, async ({ topic, retained, address }) => {
    const text = await retained();
    if (text === '') throw new SurfwatchError('discovery-absent', `nothing on ${topic} at ${address}`);
    if (flags.json) console.log(JSON.stringify({ topic, payload: JSON.parse(text) }));
    else console.log(`${topic}\n${JSON.stringify(JSON.parse(text), null, 2)}`);
  });
}

async function remove(flags: DaemonFlags): Promise<void> {
  await atBroker(flags, async ({ topic, retained, connection, prefix, site, enabled }) => {
    const removed = (await retained()) !== '';
    // Also where nothing was seen: reading it may be forbidden.
    await connection.publish(removalMessage(prefix, site));
    if (flags.json) return console.log(JSON.stringify({ topic, removed }));
    console.log(removed ? `removed ${topic}` : `nothing was announced on ${topic}`);
    if (enabled) console.error('discovery.enabled is set: a daemon with these settings announces it again');
  });
}

interface AtBroker {
  /** Where the announcement is. */
  readonly topic: string;
  readonly prefix: string;
  readonly site: string;
  readonly enabled: boolean;
  /** Address of the broker, without credentials. */
  readonly address: string;
  readonly connection: Connection;
  /** The announcement; empty where there is none. */
  readonly retained: () => Promise<string>;
}

async function atBroker(flags: DaemonFlags, use: (at: AtBroker) => Promise<void>): Promise<void> {
  const { mqtt, settings } = placeOf(flags);
  const { prefix, enabled } = settings.discovery;
  const site = flags.site ?? settings.site;
  const topic = discoveryTopic(prefix, site);
  let arrived: (text: string) => void = () => undefined;
  const text = new Promise<string>(resolve => {
    arrived = resolve;
  });
  const { connection, address } = await connectAnyVersion(mqtt, MAX_INCOMING_BYTES, message => {
    if (message.topic === topic) arrived(message.payload.toString());
  });
  const retained = async () => {
    const refusal = await connection.subscribe([topic], { retained: true });
    if (refusal !== undefined) throw refusal.fault;
    const done = new AbortController();
    const late = systemClock.sleep(Math.min(RETAINED_MS, flags.timeout), done.signal).then(
      () => '',
      () => '',
    );
    const first = await Promise.race([text, late]);
    done.abort();
    return first;
  };
  try {
    await use({
      topic,
      prefix,
      site,
      enabled,
      address,
      connection,
      retained,
    });
  } finally {
    await connection.close(GOODBYE_MS);
  }
}
