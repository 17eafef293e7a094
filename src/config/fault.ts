/** What is wrong with a configuration: all of it at once, each fault with its setting, its place and its reason. */
import { SurfwatchError } from '../errors.ts';

type FaultKind =
  /** A file is missing, unreadable or no JSON. */
  | 'file'
  /** No setting has this name. */
  | 'unknown'
  /** A value is not of its setting's format. */
  | 'invalid'
  /** Two settings that don't go together. */
  | 'contradiction'
  /** A secret that cannot be read, is given twice, or lies open to everyone. */
  | 'secret';

export interface Fault {
  readonly kind: FaultKind;
  /** Dotted path of the setting, with the place inside it: `zones[1].w`. Empty where the fault concerns a whole file. */
  readonly path: string;
  /** Where the value came from: a file with line and column, an environment variable, `--set`. */
  readonly source: string;
  /** The offending value as JSON, shortened; absent where it is a secret, could be one, or there is none. */
  readonly value?: string;
  readonly reason: string;
}

/** `config-invalid` with every fault that was found, also in {@link ConfigError.faults} for programs. */
export class ConfigError extends SurfwatchError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    super(
      'config-invalid',
      `The configuration has ${count}:\n${faults.map(f => `  ${describeFault(f)}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** One line: `camera.interval: must be …, not "soon" (/etc/surfwatch/config.json:4:15)`. */
export function describeFault({ path, reason, value, source }: Fault): string {
  const subject = path === '' ? '' : `${path}: `;
  const found = value === undefined ? '' : `, not ${value}`;
  return `${subject}${reason}${found}${source === '' ? '' : ` (${source})`}`;
}

const LONGEST = 80;

/** A value as JSON, cut to a readable length. */
export function shorten(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= LONGEST ? json : `${json.slice(0, LONGEST - 1)}…`;
}

/** One thing wrong with a value. `at` leads to the place inside it: `[1].w`, `.capture`; '' is the value itself. */
export interface Problem {
  readonly at: string;
  readonly value: unknown;
  readonly reason: string;
}
