/** From the layers of settings to one camera: each value checked, secrets read, what follows from the surroundings. */
import { join, resolve } from 'node:path';
import { SHIPPED_MODELS } from '../base/paths.ts';
import { CAMERAS_KEY, entryPath, isOfCamera } from './cameras.ts';
import { type EffectiveSetting, showValue } from './effective.ts';
import type { Fault } from './fault.ts';
import type { Layer } from './layers.ts';
import { brokenRules } from './rules.ts';
import { newConvict, SETTINGS } from './schema.ts';
import { type ResolvedSecret, resolveSecret } from './secrets.ts';
import { buildSettings, type Settings } from './settings.ts';
import { readValue } from './value.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths on the command line and in the environment start here. Absolute. */
  readonly cwd: string;
  /** systemd's `$CREDENTIALS_DIRECTORY`. */
  readonly credentialsDirectory?: string | undefined;
}

/** One camera with all its settings. */
export interface CameraConfig {
  readonly settings: Settings;
  /** Every setting as it may be shown, with its source. */
  readonly effective: readonly EffectiveSetting[];
}

const DEFAULT = 'default';

export interface ResolvedCamera extends CameraConfig {
  /** That of the program. */
  readonly stateDir: string;
  readonly sourceOf: (path: string) => string;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** @param entry the camera's place in the list, where there is one, and what stands there */
export function resolveCamera(
  layers: readonly Pick<Layer, 'given'>[],
  { env, cwd, credentialsDirectory }: Surroundings,
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
    sources.set('fleet', sources.get('fleet') ?? CAMERAS_KEY);
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
