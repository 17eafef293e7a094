/** Sources of settings, each turned into the same flat form: dotted path, raw value, and where it stands. */
import type { Fault } from './fault.ts';
import type { SettingEntry, SettingTree } from './setting.ts';
import { withSuggestion } from './suggest.ts';

/** A value as a source gives it, not yet checked. */
export interface Given {
  readonly value: unknown;
  /** For people: `/etc/surfwatch/config.json:4:15`, `SURFWATCH_SITE`, `--set`. */
  readonly source: string;
  /** Folder that relative paths are meant from: the file's own, else the working directory. */
  readonly base: string;
}

export interface Layer {
  readonly given: ReadonlyMap<string, Given>;
  readonly faults: readonly Fault[];
  /** What is right but should be changed. */
  readonly warnings?: readonly Fault[];
}

/** The schema as the layers need it. */
export interface Known {
  readonly tree: SettingTree;
  readonly settings: readonly SettingEntry[];
}

/** The value of an unknown setting is never shown: it may be a misspelt secret. */
export function unknownFault(path: string, source: string, { settings }: Known): Fault {
  const reason =
    path === 'cameras'
      ? 'is a list that only a config file can have'
      : withSuggestion('there is no such setting', path, namesOf(settings));
  return { kind: 'unknown', path, source, reason };
}

/** All settings, and the groups they stand in. */
function namesOf(settings: readonly SettingEntry[]): string[] {
  const groups = settings.flatMap(({ path }) =>
    path.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.')),
  );
  return [...new Set(groups)];
}

/** The environment variable that names a config file; it is no setting. */
export const CONFIG_VARIABLE = 'SURFWATCH_CONFIG';

/** The settings in environment variables. An unknown `SURFWATCH_…` is a fault, as a misspelt setting in a file is. */
export function environmentLayer(env: NodeJS.ProcessEnv, cwd: string, known: Known): Layer {
  const pathOf = new Map(known.settings.map(({ env: name, path }) => [name, path]));
  const given = new Map<string, Given>();
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('SURFWATCH_') || name === CONFIG_VARIABLE || value === undefined) continue;
    const path = pathOf.get(name);
    if (path !== undefined) given.set(path, { value, source: name, base: cwd });
    else {
      const unknown = `no setting has the environment variable ${name}`;
      const reason = withSuggestion(unknown, name, [...pathOf.keys()]);
      faults.push({ kind: 'unknown', path: '', source: '', reason });
    }
  }
  return { given, faults };
}

/** The settings in `--set key=value` arguments; of several for one key the last one counts. */
export function argumentLayer(args: readonly string[], cwd: string, known: Known): Layer {
  const paths = new Set(known.settings.map(({ path }) => path));
  const given = new Map<string, Given>();
  const faults: Fault[] = [];
  args.forEach((arg, index) => {
    const equals = arg.indexOf('=');
    const path = arg.slice(0, equals).trim();
    if (equals < 1 || !/^[\w.$-]+$/.test(path)) {
      // Not shown: it may hold a secret, as in `--set "mqtt.password hunter2"`.
      faults.push({
        kind: 'invalid',
        path: '',
        source: '',
        reason: `--set number ${index + 1} must have the form key=value`,
      });
    } else if (paths.has(path)) given.set(path, { value: arg.slice(equals + 1), source: '--set', base: cwd });
    else faults.push(unknownFault(path, '--set', known));
  });
  return { given, faults };
}
