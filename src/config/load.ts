/** Loading: the layers in their order, each value checked, all faults at once, the result plain and frozen. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SHIPPED_MODELS } from '../base/paths.ts';
import { SurfwatchError } from '../errors.ts';
import { CAMERAS_KEY, entryPath, isOfCamera, sharedFaults } from './cameras.ts';
import { type EffectiveSetting, showValue } from './effective.ts';
import { ConfigError, type Fault } from './fault.ts';
import { fileLayer } from './file-layer.ts';
import { argumentLayer, CONFIG_VARIABLE, environmentLayer, type Layer } from './layers.ts';
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

/** One camera with all its settings. */
export interface CameraConfig {
  readonly settings: Settings;
  /** Every setting as it may be shown, with its source. */
  readonly effective: readonly EffectiveSetting[];
}

interface Loaded {
  /** What is right but unwise: secrets that everyone can read, files of an older version. */
  readonly warnings: readonly Fault[];
  /** The config files read. Absolute. */
  readonly files: readonly string[];
}

/** A configuration as it was loaded: at least one camera. */
export interface LoadedCameras extends Loaded {
  readonly cameras: readonly [CameraConfig, ...CameraConfig[]];
  /** Whether they are entries of a list `cameras`, of one entry perhaps: each has topics, a folder and a page of its own. */
  readonly isList: boolean;
  /** Folder for what must survive a restart; in a list each camera has a folder in it. */
  readonly stateDir: string;
}

export type LoadedConfig = CameraConfig & Loaded;

const SYSTEM_FILE = '/etc/surfwatch/config.json';
const DEFAULT = 'default';

/**
 * The settings from, each over the one before: the schema's defaults, config files, the camera's entry in `cameras`,
 * `SURFWATCH_…` environment variables, `--set`. Relative paths in a file start at the file's folder.
 *
 * @throws ConfigError with every fault
 */
export function loadCameras(inputs: ConfigInputs): LoadedCameras {
  const { env, cwd, set = [], inPlace } = inputs;
  const known = { tree: SCHEMA, settings: SETTINGS };
  const files = configFiles(inputs);
  const fromFiles = files.map(file =>
    fileLayer(file, known, file === inPlace?.file ? inPlace.text : undefined),
  );
  const over = [environmentLayer(env, cwd, known), argumentLayer(set, cwd, known)];
  const layers = [...fromFiles, ...over];
  const faults = layers.flatMap(layer => layer.faults);
  const entries = fromFiles.findLast(({ cameras }) => cameras.length > 0)?.cameras ?? [];
  // What an unread file would have set is not known, so nothing can be said of how settings go together.
  const asRules = !faults.some(({ kind }) => kind === 'file');

  const resolved = (entries.length === 0 ? [undefined] : entries).map((entry, index) =>
    resolveCamera(
      [...fromFiles, ...(entry === undefined ? [] : [{ given: entry }]), ...over],
      inputs,
      entry && { index, given: entry },
      asRules,
    ),
  );
  faults.push(...withoutRepeats(resolved.flatMap(camera => camera.faults)));
  if (asRules && entries.length > 0) {
    const settings = resolved.map(camera => camera.settings);
    faults.push(...sharedFaults(settings, (index, path) => resolved[index]?.sourceOf(path) ?? ''));
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const [first, ...others] = resolved.map(
    ({ settings, effective }): CameraConfig => ({ settings, effective }),
  );
  const { stateDir } = resolved[0] as ResolvedCamera;
  return {
    cameras: [first as CameraConfig, ...others],
    isList: entries.length > 0,
    stateDir,
    warnings: withoutRepeats([
      ...layers.flatMap(layer => layer.warnings ?? []),
      ...resolved.flatMap(camera => camera.warnings),
    ]),
    files,
  };
}

/**
 * The same for one camera.
 *
 * @param site the one that is meant of several
 * @throws ConfigError with every fault; SurfwatchError `site-needed`, `site-unknown`
 */
export function loadConfig(inputs: ConfigInputs, site?: string): LoadedConfig {
  const loaded = loadCameras(inputs);
  return { ...cameraOf(loaded, site), warnings: loaded.warnings, files: loaded.files };
}

/** @throws SurfwatchError `site-needed`, `site-unknown` */
export function cameraOf({ cameras, isList }: LoadedCameras, site?: string): CameraConfig {
  if (!isList) return cameras[0];
  const sites = cameras.map(({ settings }) => settings.site).join(', ');
  if (site === undefined)
    throw new SurfwatchError('site-needed', `the configuration has the cameras ${sites}`);
  const camera = cameras.find(({ settings }) => settings.site === site);
  if (camera !== undefined) return camera;
  throw new SurfwatchError('site-unknown', `there is no camera ${site} among ${sites}`);
}

interface ResolvedCamera extends CameraConfig {
  /** That of the program. */
  readonly stateDir: string;
  readonly sourceOf: (path: string) => string;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** @param entry the camera's place in the list, where there is one, and what stands there */
function resolveCamera(
  layers: readonly Pick<Layer, 'given'>[],
  { env, cwd, credentialsDirectory }: ConfigInputs,
  entry: { readonly index: number; readonly given: Layer['given'] } | undefined,
  asRules: boolean,
): ResolvedCamera {
  const given = new Map(layers.flatMap(layer => [...layer.given]));
  const config = newConvict();
  const sources = new Map<string, string>();
  const sourceOf = (path: string): string => sources.get(path) ?? DEFAULT;
  const faults: Fault[] = [];
  /** Named by its place in the list where it stands there, or could. */
  const add = (fault: Fault, isHere: boolean) =>
    faults.push(
      entry === undefined || !isHere ? fault : { ...fault, path: entryPath(entry.index, fault.path) },
    );

  const faulty = new Set<string>();
  for (const { path, setting } of SETTINGS) {
    const found = given.get(path);
    if (found === undefined) continue;
    sources.set(path, found.source);
    const { value, faults: wrong } = readValue(path, setting, found);
    if (wrong.length === 0) config.set(path, value);
    for (const fault of wrong) {
      faulty.add(fault.path).add(path);
      add(fault, entry?.given.get(path) === found);
    }
  }
  if (entry !== undefined) {
    if (sources.has('fleet') && !config.get('fleet' as never)) {
      const reason = 'must be left out, or true: of several cameras each has its topics below surf/<site>';
      faults.push({ kind: 'contradiction', path: 'fleet', source: sourceOf('fleet'), reason });
    }
    config.set('fleet', true);
    if (!sources.has('fleet')) sources.set('fleet', CAMERAS_KEY);
  }
  const { site, fleet } = config.getProperties() as Settings;
  for (const [path, value, source] of derived(env, cwd, { site, fleet })) {
    if (config.get(path as never) !== null) continue;
    config.set(path, value);
    sources.set(path, source);
  }
  const stateDir: string = config.get('stateDir' as never);
  if (entry !== undefined) {
    config.set('stateDir', join(stateDir, site));
    // A broker disconnects one of two clients with the same id.
    const isCommon = given.get('mqtt.clientId') !== entry.given.get('mqtt.clientId');
    if (isCommon) config.set('mqtt.clientId', `${config.get('mqtt.clientId' as never)}-${site}`);
  }
  const secrets = resolveSecrets(config, sources, credentialsDirectory);
  for (const secret of secrets.values()) {
    for (const fault of secret.faults) {
      faulty.add(fault.path).add(fault.path.replace(/File$/, ''));
      add(fault, entry?.given.has(fault.path) ?? false);
    }
  }
  const settings = buildSettings(config.getProperties());
  if (asRules)
    for (const fault of brokenRules(settings, faulty, sourceOf)) add(fault, isOfCamera(fault.path));
  // Finds nothing that the formats above didn't, unless schema and loading have come apart.
  if (faults.length === 0) config.validate({ allowed: 'strict' });

  const effective = SETTINGS.map(({ path, setting }): EffectiveSetting => {
    // A secret from a file is shown as the file's name, so that what is printed can be loaded again.
    const value = secrets.get(path)?.origin === 'file' ? null : config.get(path as never);
    return { path, shown: showValue(value, setting), source: sourceOf(path) };
  });
  const warnings = [...secrets.values()].flatMap(secret => secret.warnings);
  return { settings, effective, stateDir, sourceOf, faults, warnings };
}

/** What several cameras have in common is said once. */
function withoutRepeats(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map(fault => [JSON.stringify(fault), fault])).values()];
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
