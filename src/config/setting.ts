/** The shape of the schema: what describes one setting, and how a tree of settings follows from an options interface. */

/** How a value is written and read: see `formats.ts`. */
export type FormatName =
  | 'duration'
  | 'offset'
  | 'whole'
  | 'decimal'
  | 'ratio'
  | 'port'
  | 'bytes'
  | 'switch'
  | 'choice'
  | 'text'
  | 'name'
  | 'path'
  | 'host'
  | 'topic'
  | 'device'
  | 'url'
  | 'servers'
  | 'source'
  | 'levels'
  | 'ratios'
  | 'names'
  | 'detail'
  | 'timeZone'
  | 'windows'
  | 'zones';

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

/** In a file a duration is `interval: "2s"`; inside the program it is `intervalMs: 2000`. */
type FileName<K> = K extends `${infer Name}Ms` ? Name : K;

type NumberFormat = 'whole' | 'decimal' | 'ratio' | 'port' | 'bytes';
type TextFormat =
  | 'text'
  | 'timeZone'
  | 'name'
  | 'path'
  | 'url'
  | 'servers'
  | 'source'
  | 'device'
  | 'host'
  | 'topic';

interface Leaf<Format extends FormatName, Default> extends Setting {
  readonly format: Format;
  readonly default: Default;
}

interface ChoiceOf<V extends string> extends Setting {
  readonly format: 'choice';
  readonly default: V | null;
  readonly choices: Readonly<Record<V, string>>;
}

type NodeOf<V> = [V] extends [number | 'auto']
  ? [number] extends [V]
    ? 'auto' extends V
      ? Leaf<'detail', V>
      : Leaf<NumberFormat, number | null>
    : never
  : PlainNodeOf<V>;

type PlainNodeOf<V> = [V] extends [boolean]
  ? Leaf<'switch', boolean>
  : [V] extends [number]
    ? Leaf<NumberFormat, number | null>
    : [Extract<V, string>] extends [never]
      ? V extends readonly unknown[]
        ? Leaf<'names' | 'windows' | 'zones', V>
        : V extends object
          ? string extends keyof V
            ? Leaf<'levels' | 'ratios', V>
            : SchemaOf<V>
          : never
      : string extends Extract<V, string>
        ? Leaf<TextFormat, string | null>
        : ChoiceOf<Extract<V, string>>;

/** `null` and absent values of the interface must be said in the schema, and the other way round. */
type NoneOf<T, K extends keyof T> =
  Record<never, never> extends Pick<T, K>
    ? { readonly none: 'omit' }
    : null extends T[K]
      ? { readonly none: 'null' }
      : { readonly none?: 'derive' };

/**
 * The schema that belongs to an options interface: the same names and nesting, `xMs` as the duration `x`, and for each
 * value a format that gives its type. `satisfies SchemaOf<CameraOptions>` proves a schema and its interface equal.
 */
export type SchemaOf<T> = {
  readonly [K in keyof T & string as FileName<K>]-?: K extends `${string}Ms`
    ? Leaf<'duration' | 'offset', string>
    : NodeOf<NonNullable<T[K]>> & NoneOf<T, K>;
};

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

/** The environment variable of a setting: `camera.http.maxBytes` is `SURFWATCH_CAMERA_HTTP_MAX_BYTES`. */
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
    doc: `File that holds \`${name}\`; a line end at its end is taken off. Give one of the two, not both.`,
    format: 'path',
    default: null,
    none: 'null',
  };
}
