/** The program's log: pino, one level a part, for people on a terminal and as JSON elsewhere. */
import pino, { type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { SurfwatchError } from '../errors.ts';
import { ERROR_LEVEL, isJournal, withPriority } from './journal.ts';
import { sturdyOutput } from './log-output.ts';
import { isSecretKey, plainError, redactUrls, SECRET, safeForLog } from './redact.ts';

export const LOG_PARTS = [
  'daemon',
  'config',
  'capture',
  'vision',
  'activity',
  'messaging',
  'broker',
  'learning',
  'web',
  'ops',
] as const;

export type LogPart = (typeof LOG_PARTS)[number];

export interface LogOptions {
  readonly level: LevelWithSilent;
  /** Levels of single parts, over `level`. */
  readonly levels: Readonly<Record<string, LevelWithSilent>>;
  /** `auto` is `pretty` on a terminal and `json` elsewhere, so under systemd. */
  readonly format: 'auto' | 'pretty' | 'json';
}

/** Standard error: standard output belongs to what a command answers. */
const LOG_FD = 2;

interface Parts {
  levels: LogOptions['levels'];
  readonly loggers: Map<LogPart, Logger>;
  /** Of single cameras. */
  readonly cameras: Logger[];
}

/** Where each root's parts find their levels, and are found when these change. */
const PARTS = new WeakMap<Logger, Parts>();

/**
 * The root logger. It writes in this thread, at once where its reader takes it: the last line before a crash is kept, and no
 * worker costs memory.
 *
 * @param destination where lines go; standard error when absent
 * @param onError told the code of each coded error that is logged as `err`
 * @param env of the process, where systemd says that its journal reads the log: each line then begins with its priority
 */
export function createLogger(
  options: LogOptions,
  destination?: DestinationStream,
  onError?: (code: string) => void,
  env: NodeJS.ProcessEnv = {},
): Logger {
  const forPeople =
    options.format === 'pretty' ||
    (options.format === 'auto' && destination === undefined && process.stderr.isTTY);
  const onLost = (lines: number) =>
    partLogger(root, 'ops').warn({ lines }, 'lines of the log were lost: it was full, or nobody read it');
  const stream = destination ?? sturdyOutput({ fd: LOG_FD, stream: process.stderr }, onLost);
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: safeError },
      formatters: {
        log: merged => {
          if (merged.err instanceof SurfwatchError) onError?.(merged.err.code);
          return safeForLog(merged) as Record<string, unknown>;
        },
        bindings: bound => safeForLog(bound) as Record<string, unknown>,
      },
      // The second line of defence: child bindings don't pass through `formatters.log`.
      redact: { paths: secretPaths(), censor: SECRET },
      hooks: { streamWrite: redactUrls },
    },
    outletOf(stream, {
      prettify: forPeople ? prettifier(destination === undefined && process.stderr.isTTY) : null,
      tagged: isJournal(env, LOG_FD),
    }),
  );
  PARTS.set(root, { levels: options.levels, loggers: new Map(), cameras: [] });
  return root;
}

/** The logger of one part of the program, at its own level where `log.levels` has one. */
export function partLogger(root: Logger, part: LogPart): Logger {
  const parts = PARTS.get(root);
  const known = parts?.loggers.get(part);
  if (known !== undefined) return known;
  const level = parts?.levels[part];
  const logger = root.child({ part }, level === undefined ? {} : { level });
  parts?.loggers.set(part, logger);
  return logger;
}

/** A root for one camera of several, whose lines name its site. */
export function cameraLogger(root: Logger, site: string): Logger {
  const camera = root.child({ site });
  const parts = PARTS.get(root);
  if (parts === undefined) return camera;
  parts.cameras.push(camera);
  PARTS.set(camera, { levels: parts.levels, loggers: new Map(), cameras: [] });
  return camera;
}

/** Changes the levels of the root and of its parts, from the next line on. */
export function setLogLevels(root: Logger, { level, levels }: Pick<LogOptions, 'level' | 'levels'>): void {
  root.level = level;
  const parts = PARTS.get(root);
  if (parts === undefined) return;
  parts.levels = levels;
  for (const [part, logger] of parts.loggers) logger.level = levels[part] ?? level;
  for (const camera of parts.cameras) setLogLevels(camera, { level, levels });
}

interface Outlet {
  /** Null for JSON. */
  readonly prettify: ((line: string) => string) | null;
  /** Whether lines begin with a priority. */
  readonly tagged: boolean;
}

function outletOf(stream: DestinationStream, { prettify, tagged }: Outlet): DestinationStream {
  if (prettify === null && !tagged) return stream;
  return {
    write: line => {
      const text = prettify?.(line) ?? line;
      stream.write(tagged ? withPriority(text, levelOf(line)) : text);
    },
  };
}

/** pino writes it first. */
function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? ERROR_LEVEL);
}

function prettifier(colorize: boolean): (line: string) => string {
  return prettyFactory({
    colorize,
    ignore: 'part,site',
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: (line, messageKey) => {
      const from = [line.site, line.part].filter(name => typeof name === 'string').join(' ');
      return `${from === '' ? '' : `${from}: `}${String(line[messageKey] ?? '')}`;
    },
  });
}

function safeError(error: unknown): unknown {
  return error instanceof Error ? plainError(error) : error;
}

/** pino's redaction takes paths, not patterns: the usual names at the depths that bindings have. */
function secretPaths(): string[] {
  const names = [
    'password',
    'passwd',
    'passphrase',
    'secret',
    'token',
    'authorization',
    'Authorization',
    'cookie',
  ];
  return names.filter(isSecretKey).flatMap(name => [name, `*.${name}`, `*.*.${name}`]);
}
