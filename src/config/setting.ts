/** The shape of the schema: what describes one setting, and how the type of the settings follows from it. */
import type { LogOptions } from '../base/log.ts';
import type { WindowSetting } from '../schedule/options.ts';
import type { ZoneSetting } from './zones.ts';

/** What each format's values are in the program; how they are written, read and checked is in `formats.ts`. */
interface ValueOf {
  /** Milliseconds, in a name that ends in `Ms`. */
  readonly duration: number;
  /** The same, with a sign. */
  readonly offset: number;
  readonly whole: number;
  readonly decimal: number;
  readonly ratio: number;
  readonly port: number;
  readonly bytes: number;
  readonly switch: boolean;
  readonly text: string;
  readonly texts: readonly string[];
  readonly name: string;
  readonly names: readonly string[];
  readonly path: string;
  readonly host: string;
  readonly topic: string;
  readonly device: string;
  readonly url: string;
  readonly servers: string | readonly string[];
  readonly source: string;
  readonly levels: LogOptions['levels'];
  readonly ratios: Readonly<Record<string, number>>;
  readonly detail: number | 'auto';
  readonly timeZone: string;
  readonly windows: readonly WindowSetting[];
  readonly zones: readonly ZoneSetting[];
}

/** A `choice` is one of the setting's own `choices`. */
export type FormatName = keyof ValueOf | 'choice';

/** One setting. An object that convict takes as it is, with what the reference and the checks need besides. */
export interface Setting {
  /** What it does, in a sentence or two. The first line of its entry in the reference. */
  readonly doc: string;
  readonly format: FormatName;
  /** In the form a file has: durations are written out. */
  readonly default: unknown;
  /** Smallest and largest number, both allowed; milliseconds for a duration. */
  readonly min?: number;
  readonly max?: number;
  /** The values of a `choice`, each with its meaning ('' where the name says it). */
  readonly choices?: Readonly<Record<string, string>>;
  /** Schemes a `url` or `source` may have, without the colon. */
  readonly schemes?: readonly string[];
  /** Names a map may have as keys; any name where absent. */
  readonly keys?: readonly string[];
  /** A text that may not be empty. */
  readonly required?: true;
  /**
   * Makes `null` (on the command line and in the environment: nothing) a value. In the settings it stays null, its key
   * is left out (`omit`), or a value follows from the surroundings (`derive`).
   */
  readonly none?: 'null' | 'omit' | 'derive';
  /** What `null` means, for the reference. */
  readonly noneMeans?: string;
  /** A secret: never printed nor logged. It gets a sibling `…File`, and can come as a systemd credential. */
  readonly sensitive?: true;
}

export interface SettingTree {
  readonly [name: string]: Setting | SettingTree;
}

/**
 * The settings that a schema describes, as the program sees them: the same names and nesting, but a duration `x` is
 * `xMs`, and what may be left out (`none: 'omit'`) is optional.
 */
export type SettingsOf<T> = {
  readonly [K in keyof T as T[K] extends { readonly none: 'omit' } ? never : NameOf<T, K>]: ValueOfNode<T[K]>;
} & {
  readonly [K in keyof T as T[K] extends { readonly none: 'omit' } ? NameOf<T, K> : never]?: ValueOfNode<
    T[K]
  >;
};

type NameOf<T, K extends keyof T> = T[K] extends { readonly format: 'duration' | 'offset' }
  ? `${K & string}Ms`
  : K & string;

type ValueOfNode<S> = S extends { readonly format: infer F; readonly doc: string }
  ? ValueOfFormat<F, S> | (S extends { readonly none: 'null' } ? null : never)
  : SettingsOf<S>;

type ValueOfFormat<F, S> = F extends keyof ValueOf
  ? ValueOf[F]
  : S extends { readonly choices: infer Choices }
    ? keyof Choices & string
    : never;

/** A setting with its place in the tree. */
export interface SettingEntry {
  /** Dotted, as in `--set`: `camera.http.url`. */
  readonly path: string;
  readonly env: string;
  readonly setting: Setting;
}

/** Whether a node of the tree is a setting, not a group of them. convict tells them apart by the same sign. */
export function isSetting(node: Setting | SettingTree): node is Setting {
  return 'default' in node && 'doc' in node;
}

/** Whether its value is milliseconds, written with a unit. */
export function isDuration({ format }: Setting): boolean {
  return format === 'duration' || format === 'offset';
}

/** The environment variable of a setting: `learning.maxBytes` is `SURFWATCH_LEARNING_MAX_BYTES`. */
export function envName(path: string): string {
  const words = path.replaceAll('.', '_').replaceAll(/(?<=[a-z0-9])[A-Z]/g, capital => `_${capital}`);
  return `SURFWATCH_${words.toUpperCase()}`;
}

/** All settings of a tree, in its order. */
export function listSettings(tree: SettingTree, prefix = ''): SettingEntry[] {
  return Object.entries(tree).flatMap(([name, node]) => {
    const path = `${prefix}${name}`;
    return isSetting(node) ? [{ path, env: envName(path), setting: node }] : listSettings(node, `${path}.`);
  });
}

/** Gives each secret `x` its sibling `xFile`: the path of a file that holds it. */
export function withSecretFiles(tree: SettingTree): SettingTree {
  const nodes = Object.entries(tree).flatMap(([name, node]): [string, Setting | SettingTree][] => {
    if (!isSetting(node)) return [[name, withSecretFiles(node)]];
    if (node.sensitive !== true) return [[name, node]];
    return [
      [name, node],
      [`${name}File`, secretFileSetting(name)],
    ];
  });
  return Object.fromEntries(nodes);
}

function secretFileSetting(name: string): Setting {
  return {
    doc: `File that holds \`${name}\`; a line end at the end is removed. Give one of the two, not both.`,
    format: 'path',
    default: null,
    none: 'null',
  };
}
