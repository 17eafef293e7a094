/** `surfwatch config init`: writes the config file that a board begins with, by flags or by asking. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { replaceFile } from '../base/durable.ts';
import { SOURCE_SETTING } from '../capture/options.ts';
import { ConfigError } from '../config/fault.ts';
import { type FirstChoices, firstConfigText } from '../config/first-config.ts';
import { loadConfig } from '../config/load.ts';
import { messageOf, SurfwatchError } from '../errors.ts';

type Kind = FirstChoices['camera']['kind'];

interface InitFlags {
  readonly out: string;
  readonly force: boolean;
  readonly yes: boolean;
  readonly camera?: string;
  readonly url?: string;
  readonly device?: string;
  readonly folder?: string;
  readonly site?: string;
  readonly place?: string;
  readonly broker?: string;
  readonly homeAssistant?: boolean;
}

export function initCommand(): Command {
  return new Command('init')
    .description('write a first config file; asks for anything that no flag gives')
    .option('-o, --out <file>', 'the file', 'board.json')
    .option('--force', 'overwrite an existing file', false)
    .option('-y, --yes', 'ask nothing: use the default for anything that no flag gives', false)
    .option('--camera <kind>', `kind of camera: ${Object.keys(SOURCE_SETTING).join(', ')}`)
    .option('--url <address>', 'address of an http or ffmpeg camera; for ffmpeg also a file or /dev/videoN')
    .option('--device <path>', 'device of a webcam')
    .option('--folder <path>', 'folder of a directory camera')
    .option('--site <name>', 'name of the beach')
    .option('--place <lat,lon>', 'where the beach is, in degrees north and east: watch by daylight only')
    .option('--broker <address>', 'MQTT broker, such as mqtt://192.168.1.5')
    .option('--home-assistant', 'announce the board to Home Assistant')
    .addHelpText('after', HELP)
    .action(init);
}

const HELP = `
Examples:
  $ surfwatch config init
  $ surfwatch config init --camera http --url http://192.168.1.20/snapshot.jpg --site pier --yes
  $ surfwatch config init --camera rpicam --place 43.67,-1.44 --broker mqtt://192.168.1.5 --home-assistant -y
`;

/** One thing to be said. The text may come by a flag, by an answer, or be the default. */
interface Question<T> {
  readonly ask: string;
  readonly flag: string | undefined;
  readonly fallback: string;
  /** @throws SurfwatchError where the text is no answer */
  readonly read: (text: string) => T;
}

async function init(flags: InitFlags): Promise<void> {
  const file = resolve(flags.out);
  if (existsSync(file) && !flags.force) throw new SurfwatchError('config-exists', `${file} is there already`);
  const lines = flags.yes ? undefined : openLines();
  try {
    const text = firstConfigText(await choicesOf(flags, question => answer(question, lines)));
    await mustLoad(text);
    // The address of a camera or broker may hold a login.
    await replaceFile(file, text, /:\/\/[^/]*@/.test(text) ? 0o600 : 0o644);
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    throw new SurfwatchError('config-unwritable', `${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    lines?.close();
  }
  console.log(`wrote ${file}

Next:
  surfwatch doctor -c ${flags.out}                         is all there that it needs?
  surfwatch look camera -c ${flags.out} --out look.png     what is found in a picture
  surfwatch run -c ${flags.out}                            the daemon`);
}

type Answer = <T>(question: Question<T>) => Promise<T>;

async function choicesOf(flags: InitFlags, ask: Answer): Promise<FirstChoices> {
  const kind = await ask({
    ask: `Kind of camera (${Object.keys(SOURCE_SETTING).join(', ')})`,
    flag: flags.camera,
    fallback: 'webcam',
    read: text => checked('camera.kind', text) as Kind,
  });
  const source = SOURCES[kind] === null ? '' : await ask(sourceQuestion(kind, flags));
  const site = await ask({
    ask: 'Name of the beach, of a-z, 0-9 and -',
    flag: flags.site,
    fallback: 'beach',
    read: text => checked('site', text),
  });
  const place = await ask({
    ask: 'Where it is, as 43.67,-1.44 (north,east), to watch by daylight only; nothing: day and night',
    flag: flags.place,
    fallback: '',
    read: placeOf,
  });
  const broker = await ask({
    ask: 'MQTT broker, such as mqtt://192.168.1.5; nothing: the one inside surfwatch',
    flag: flags.broker,
    fallback: '',
    read: text => (text === '' ? undefined : checked('mqtt.url', text)),
  });
  const homeAssistant = await ask({
    ask: 'Announce it to Home Assistant (yes, no)',
    flag: flags.homeAssistant === true ? 'yes' : undefined,
    fallback: 'no',
    read: yesOrNo,
  });
  return {
    ...{ camera: { kind, source }, site, homeAssistant },
    ...(place !== undefined && { place }),
    ...(broker !== undefined && { broker }),
  };
}

/** What is asked of each kind; null where there is nothing to ask. */
const SOURCES = {
  webcam: { ask: 'Device', flag: 'device', fallback: '/dev/video0', isPath: false },
  rpicam: null,
  directory: { ask: 'Folder of the pictures', flag: 'folder', fallback: '', isPath: true },
  http: { ask: 'Address of the snapshot, as http://…', flag: 'url', fallback: '', isPath: false },
  ffmpeg: { ask: 'Address of the stream, as rtsp://…', flag: 'url', fallback: '', isPath: true },
  simulator: null,
} as const;

function sourceQuestion(kind: Kind, flags: InitFlags): Question<string> {
  const { ask, flag, fallback, isPath } = SOURCES[kind] ?? SOURCES.webcam;
  return {
    ask,
    flag: flags[flag],
    fallback,
    read: text => {
      if (text === '') throw new SurfwatchError('config-answer', `no answer to: ${ask}`);
      const path = isPath && !text.includes('://') ? resolve(text) : text;
      checked(`camera.${kind}.${SOURCE_SETTING[kind]}`, path, [`camera.kind=${kind}`]);
      return path;
    },
  };
}

/** A flag must be right; an answer that is not is asked for again. */
async function answer<T>({ ask, flag, fallback, read }: Question<T>, lines: Lines | undefined): Promise<T> {
  if (flag !== undefined || lines === undefined) return read(flag ?? fallback);
  for (;;) {
    const line = await lines.next(`${ask}${fallback === '' ? '' : ` [${fallback}]`}: `);
    try {
      return read(line.trim() === '' ? fallback : line.trim());
    } catch (error) {
      if (!(error instanceof SurfwatchError)) throw error;
      console.error(messageOf(error));
    }
  }
}

/** @throws ConfigError where the setting cannot have this value, whatever the others are */
function checked(path: string, value: string, set: readonly string[] = []): string {
  try {
    loadConfig({ env: {}, cwd: process.cwd(), systemFile: '', set: [...set, `${path}=${value}`] });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.filter(({ kind }) => kind !== 'contradiction');
    if (faults.length > 0) throw new ConfigError(faults);
  }
  return value;
}

function placeOf(text: string): readonly [number, number] | undefined {
  if (text === '') return undefined;
  const [latitude = '', longitude = '', more] = text.split(',').map(part => part.trim());
  if (latitude === '' || longitude === '' || more !== undefined)
    throw new SurfwatchError('config-answer', `${text}: must be two numbers, as 43.67,-1.44`);
  checked('schedule.latitude', latitude);
  checked('schedule.longitude', longitude);
  return [Number(latitude), Number(longitude)];
}

function yesOrNo(text: string): boolean {
  if (/^y(es)?$/i.test(text)) return true;
  if (/^no?$/i.test(text)) return false;
  throw new SurfwatchError('config-answer', `${text}: must be yes or no`);
}

/** The loader has the last word on what is written. */
async function mustLoad(text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'surfwatch-init-'));
  try {
    const file = join(folder, 'config.json');
    await writeFile(file, text, { mode: 0o600 });
    loadConfig({ env: {}, cwd: folder, files: [file] });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new SurfwatchError('config-unwritable', messageOf(error), { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Lines {
  /** @throws SurfwatchError `config-answer` at the end of the input */
  readonly next: (prompt: string) => Promise<string>;
  readonly close: () => void;
}

/** Lines of the standard input, none lost that comes before it is asked for. Questions go to standard error. */
function openLines(): Lines {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async next(prompt) {
      reader.setPrompt(prompt);
      reader.prompt();
      const line = await lines.next();
      if (line.done === true) throw new SurfwatchError('config-answer', `no answer to: ${prompt.trim()}`);
      return line.value;
    },
    close: () => reader.close(),
  };
}
