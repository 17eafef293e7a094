/** What the commands share that talk to a running daemon: where it is, and how long it may take. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type * as z from 'zod';
import { systemClock } from '../../base/clock.ts';
import { parseDuration } from '../../base/duration.ts';
import { MAX_PICTURE_BYTES } from '../../broker/connections.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { SurfwatchError } from '../../errors.ts';
import { LABEL_PICTURE_DEFAULTS } from '../../learning/labels/picture.ts';
import type { MqttOptions } from '../../messaging/options.ts';
import type { Requester } from '../../messaging/request.ts';
import { topicBase } from '../../messaging/topics.ts';
import {
  addConfigOptions,
  type ConfigOptions,
  commonSettingsFrom,
  settingsFrom,
  siteName,
} from '../options.ts';
import { readAnswer } from './answers.ts';

export interface DaemonFlags extends ConfigOptions {
  readonly url?: string;
  readonly base?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json: boolean;
}

export function addDaemonOptions(command: Command): Command {
  return addConfigOptions(command)
    .option(
      '-u, --url <address>',
      'the daemon’s broker: mqtt://[user:password@]host[:port]; separate several by commas',
    )
    .addOption(
      new Option(
        '--site <name>',
        'board in a fleet, or one of several cameras; its topics begin with surf/<name>',
      ).argParser(siteName),
    )
    .addOption(
      new Option('--base <topic>', 'prefix of the topics, if it is neither surf nor surf/<site>')
        .argParser(topicStart)
        .conflicts('site'),
    )
    .addOption(
      new Option('--timeout <time>', 'how long to wait for an answer')
        .argParser(duration)
        .default(15_000, '15s'),
    )
    .option('--json', 'answer with one JSON object', false);
}

/** The same options for another command to the same daemon, quoted for a shell; logins are left out. */
export function repeatedFlags({ config, set, url, site, base }: DaemonFlags): string {
  const given: readonly (readonly [string, string | undefined])[] = [
    ...config.map(file => ['-c', resolve(file)] as const),
    ...set.filter(one => !/password|username/i.test(one)).map(one => ['--set', one] as const),
    ['--url', url],
    ['--site', site],
    ['--base', base],
  ];
  return given
    .flatMap(([flag, value]) =>
      value === undefined ? [] : `${flag} ${quoted(value.replaceAll(/\/\/[^/@,]*@/g, '//'))}`,
    )
    .join(' ');
}

function quoted(text: string): string {
  return /^[\w.,=+:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Beneath the help of each of these commands. */
export const WHERE_IT_IS = `
The command finds the daemon by the daemon's settings: give it the same -c FILE. Without settings it looks for the broker at
127.0.0.1:1883. Keep a password in the settings (mqtt.passwordFile) or the environment (SURFWATCH_MQTT_PASSWORD) rather
than typing it.`;

export interface Place {
  readonly mqtt: MqttOptions;
  readonly base: string;
  /** Largest picture that is sure to be taken, by the broker and the daemon. */
  readonly maxPictureBytes: number;
  readonly settings: Settings;
}

/** Left for the topic and the properties of a message. */
const TOPIC_BYTES = 1024;

/** Where the settings and the options say the daemon is. @throws ConfigError, SurfwatchError `daemon-address-unknown` */
export function placeOf(flags: DaemonFlags): Place {
  const url = flags.url === undefined ? [] : [`mqtt.url=${flags.url}`];
  const { settings } = settingsOf({ ...flags, set: [...flags.set, ...url] });
  return {
    mqtt: settings.mqtt.url === '' ? embedded(settings) : settings.mqtt,
    base: flags.base ?? (flags.site === undefined ? topicBase(settings) : `surf/${flags.site}`),
    // Of a broker elsewhere it is not known whether it is an embedded one.
    maxPictureBytes: Math.min(MAX_PICTURE_BYTES - TOPIC_BYTES, LABEL_PICTURE_DEFAULTS.maxBytes),
    settings,
  };
}

/** Of several cameras those of `--site`; where that, or `--base`, is of another board, all that counts is the broker. */
function settingsOf(flags: DaemonFlags): LoadedConfig {
  const isElsewhere = flags.base !== undefined || (flags.url !== undefined && flags.site !== undefined);
  return isElsewhere ? commonSettingsFrom(flags) : settingsFrom(flags);
}

/** Connects, hands over, and disconnects, whatever happens. */
export async function askDaemon<T>(
  flags: DaemonFlags,
  use: (daemon: Requester, place: Place) => Promise<T>,
): Promise<T> {
  const { openRequester } = await import('../../messaging/request.ts');
  const place = placeOf(flags);
  const daemon = await openRequester({ ...place.mqtt, base: place.base, clock: systemClock });
  try {
    return await use(daemon, place);
  } finally {
    await daemon.close();
  }
}

/** Has the daemon carry out one command; its answer is JSON where that is asked for, else `print` says it. */
export async function runVerb<S extends z.ZodType>(
  flags: DaemonFlags,
  { verb, args, answer, print }: VerbRun<S>,
): Promise<void> {
  const data = await askDaemon(flags, daemon => daemon.request(verb, args, { timeoutMs: flags.timeout }));
  if (flags.json) console.log(JSON.stringify(data));
  else print(readAnswer(verb, answer, data));
}

interface VerbRun<S extends z.ZodType> {
  readonly verb: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** What is read of the answer. */
  readonly answer: S;
  readonly print: (answer: z.infer<S>) => void;
}

/** The embedded broker, which speaks MQTT 3.1.1 and asks for no login. */
function embedded({ mqtt, broker }: Settings): MqttOptions {
  if (broker.port === 0) {
    throw new SurfwatchError('daemon-address-unknown', 'broker.port is 0: the daemon takes any free port');
  }
  const { caFile: _ca, certFile: _cert, keyFile: _key, servername: _sni, ...plain } = mqtt;
  const { username: _name, password: _secret, ...rest } = plain;
  return { ...rest, url: `mqtt://127.0.0.1:${broker.port}`, protocolVersion: '4' };
}

function topicStart(text: string): string {
  const bare = text.replace(/\/$/, '');
  if (bare !== '' && !/[+#\0]|\/\/|^\/|^\$/.test(bare)) return bare;
  throw new InvalidArgumentError('It must be a topic without + and #.');
}

/** Reads the time of an option, in ms. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError('It must be a time such as 500ms, 15s or 2m.');
}
