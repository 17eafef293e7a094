/** Loading: the layers in their order, each value checked, all faults at once, the result plain and frozen. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SHIPPED_MODELS } from '../base/paths.ts';

import { type EffectiveSetting, showValue } from './effective.ts';
import { ConfigError, type Fault } from './fault.ts';
import { fileLayer } from './file-layer.ts';
import { argumentLayer, CONFIG_VARIABLE, environmentLayer } from './layers.ts';
import { brokenRules } from './rules.ts';
import { newConvict, SCHEMA, SETTINGS } from './schema.ts';
import { type ResolvedSecret, resolveSecret } from './secrets.ts';
import { buildSettings, type Settings } from './settings.ts';
import { readValue } from './value.ts';

export interface ConfigInputs {
  /** `--config` arguments, later ones over earlier. Where there are none: `SURFWATCH_CONFIG`, else `systemFile` if it exists. */
  readonly files?: readonly string[];
  /** `--set key=value` arguments, without the `--set`. */
  readonly set?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths on the command line and in the environment start here. Absolute. */
  readonly cwd: string;
  /** systemd's `$CREDENTIALS_DIRECTORY`. */
  readonly credentialsDirectory?: string | undefined;
  readonly systemFile?: string;
  /** Text that is taken in place of what is in a file, which need not be there. */
  readonly inPlace?: { readonly file: string; readonly text: string };
}

export interface LoadedConfig {
  readonly settings: Settings;
  /** Every setting as it may be shown, with its source. */
  readonly effective: readonly EffectiveSetting[];
  /** What is right but unwise: secrets that everyone can read, files of an older version. */
  readonly warnings: readonly Fault[];
  /** The config files read. Absolute. */
  readonly files: readonly string[];
}

const SYSTEM_FILE = '/etc/surfwatch/config.json';
const DEFAULT = 'default';

/**
 * The settings from, each over the one before: the schema's defaults, config files, `SURFWATCH_…` environment variables, `--set`. Relative paths in a file start at the file's folder.
 *
 * @throws ConfigError with every fault
 */
export function loadConfig(inputs: ConfigInputs): LoadedConfig {
  const { env, cwd, set = [], inPlace } = inputs;
  const known = { tree: SCHEMA, settings: SETTINGS };
  const files = configFiles(inputs);
  const layers = [
    ...files.map(file => fileLayer(file, known, file === inPlace?.file ? inPlace.text : undefined)),
    environmentLayer(env, cwd, known),
    argumentLayer(set, cwd, known),
  ];
  const given = new Map(layers.flatMap(layer => [...layer.given]));
  const faults = layers.flatMap(layer => layer.faults);
  const config = newConvict();
  const sources = new Map<string, string>();

  for (const { path, setting } of SETTINGS) {
    const found = given.get(path);
    if (found === undefined) continue;
    sources.set(path, found.source);
    const { value, faults: wrong } = readValue(path, setting, found);
    if (wrong.length === 0) config.set(path, value);
    faults.push(...wrong);
  }
  const { site, fleet } = config.getProperties() as Settings;
  for (const [path, value, source] of derived(env, cwd, { site, fleet })) {
    if (config.get(path as never) !== null) continue;
    config.set(path, value);
    sources.set(path, source);
  }
  const secrets = resolveSecrets(config, sources, inputs.credentialsDirectory);
  faults.push(...[...secrets.values()].flatMap(secret => secret.faults));

  const settings = buildSettings(config.getProperties());
  const faulty = new Set(faults.flatMap(({ path }) => [path, path.replace(/File$/, '')]));
  const sourceOf = (path: string): string => sources.get(path) ?? DEFAULT;
  // What an unread file would have set is not known, so nothing can be said of how settings go together.
  if (!faults.some(({ kind }) => kind === 'file')) faults.push(...brokenRules(settings, faulty, sourceOf));
  if (faults.length > 0) throw new ConfigError(faults);
  const warnings = [
    ...layers.flatMap(layer => layer.warnings ?? []),
    ...[...secrets.values()].flatMap(secret => secret.warnings),
  ];
  // Finds nothing that the formats above didn't, unless schema and loading have come apart.
  config.validate({ allowed: 'strict' });

  const effective = SETTINGS.map(({ path, setting }): EffectiveSetting => {
    // A secret from a file is shown as the file's name, so that what is printed can be loaded again.
    const value = secrets.get(path)?.origin === 'file' ? null : config.get(path as never);
    return { path, shown: showValue(value, setting), source: sourceOf(path) };
  });
  return { settings, effective, warnings, files };
}

function configFiles({ files = [], env, cwd, systemFile = SYSTEM_FILE }: ConfigInputs): string[] {
  const named = env[CONFIG_VARIABLE];
  const chosen =
    files.length > 0
      ? files
      : named !== undefined && named !== ''
        ? [named]
        : [systemFile].filter(existsSync);
  return chosen.map(file => resolve(cwd, file));
}

/** Values that follow from the surroundings where the settings are null. */
function derived(
  env: NodeJS.ProcessEnv,
  cwd: string,
  { site, fleet }: Pick<Settings, 'site' | 'fleet'>,
): [path: string, value: string, source: string][] {
  // systemd gives a list where a unit has several state folders.
  const fromSystemd = env.STATE_DIRECTORY?.split(':')[0];
  return [
    fromSystemd === undefined || fromSystemd === ''
      ? ['stateDir', resolve(cwd, 'state'), DEFAULT]
      : ['stateDir', fromSystemd, 'STATE_DIRECTORY'],
    ['models.dir', SHIPPED_MODELS, DEFAULT],
    // Boards with the same one would throw each other out of their broker.
    ['mqtt.clientId', fleet ? `surfwatch-${site}` : 'surfwatch', DEFAULT],
  ];
}

function resolveSecrets(
  config: ReturnType<typeof newConvict>,
  sources: Map<string, string>,
  credentialsDirectory: string | undefined,
): Map<string, ResolvedSecret> {
  const secrets = new Map<string, ResolvedSecret>();
  for (const { path, setting } of SETTINGS) {
    if (setting.sensitive !== true) continue;
    const value: unknown = config.get(path as never);
    const file: unknown = config.get(`${path}File` as never);
    const secret = resolveSecret({
      path,
      direct: typeof value === 'string' ? { value, source: sources.get(path) ?? DEFAULT } : undefined,
      file: typeof file === 'string' ? file : undefined,
      credentialsDirectory,
    });
    config.set(path, secret.value);
    if (secret.source !== undefined) sources.set(path, secret.source);
    secrets.set(path, secret);
  }
  return secrets;
}

/** The settings where nothing is set. */
export function defaultSettings(): Settings {
  return loadConfig({ env: {}, cwd: '/', systemFile: '' }).settings;
}
