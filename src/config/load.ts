/** Loading: the layers in their order, each value checked, all faults at once, the result plain and frozen. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SurfwatchError } from '../errors.ts';
import { sharedFaults } from './cameras.ts';
import { ConfigError, type Fault } from './fault.ts';
import { fileLayer } from './file-layer.ts';
import { argumentLayer, CONFIG_VARIABLE, environmentLayer } from './layers.ts';
import { type CameraConfig, type ResolvedCamera, resolveCamera, type Surroundings } from './resolve.ts';
import { SCHEMA, SETTINGS } from './schema.ts';
import type { Settings } from './settings.ts';

export interface ConfigInputs extends Surroundings {
  /** `--config` arguments, later ones over earlier. Where there are none: `SURFWATCH_CONFIG`, else `systemFile` if it exists. */
  readonly files?: readonly string[];
  /** `--set key=value` arguments, without the `--set`. */
  readonly set?: readonly string[];
  readonly systemFile?: string;
  /** Text that is taken in place of what is in a file, which need not be there. */
  readonly inPlace?: { readonly file: string; readonly text: string };
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

/** The settings where nothing is set. */
export function defaultSettings(): Settings {
  return loadConfig({ env: {}, cwd: '/', systemFile: '' }).settings;
}
