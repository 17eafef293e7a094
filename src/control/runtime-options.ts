/** The settings in force: those of the configuration, under those that were changed while the daemon ran. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { serially } from '../base/serially.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import { applicable, applyRuntimeOptions, checkOptionName, type OptionValues } from './apply-options.ts';
import { type DescribedOption, describeOptions, shownAt } from './describe-options.ts';
import { differences, isRuntimeSetting, RUNTIME_SETTINGS } from './runtime-settings.ts';
import { withValuesOf } from './settings-path.ts';
import { readStoredOptions, writeStoredOptions } from './stored-options.ts';

/** Told after a change that is on disk: the settings in force, and the paths whose values differ from before. */
export type SettingsListener = (settings: Settings, paths: readonly string[]) => void;

export interface RuntimeOptionsDeps {
  /** Those of the configuration. */
  readonly settings: Settings;
  /** Where the configuration has each setting from. Default: `configuration` for all. */
  readonly effective?: readonly EffectiveSetting[];
  /** What is kept on disk and does not hold, or null. */
  readonly onAlert: (text: string | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OptionsRequest {
  /** Settings or groups to answer with. */
  readonly get?: readonly string[] | undefined;
  readonly set?: OptionValues | undefined;
  /** Settings or groups that go back to the configuration; `*` is all. */
  readonly reset?: readonly string[] | undefined;
}

export interface OptionsAnswer {
  readonly options: Readonly<Record<string, DescribedOption>>;
  /** Whose values are others than before. */
  readonly changed: readonly string[];
}

export interface Reloaded {
  /** Changed and in force. */
  readonly changed: readonly string[];
  /** Changed in the configuration, but in force only after a restart. */
  readonly restart: readonly string[];
}

export class RuntimeOptions {
  readonly #deps: RuntimeOptionsDeps;
  readonly #inTurn = serially();
  readonly #listeners: SettingsListener[] = [];
  #configured: Settings;
  #effective: readonly EffectiveSetting[];
  #values: OptionValues = {};
  #settings: Settings;

  constructor(deps: RuntimeOptionsDeps) {
    this.#deps = deps;
    this.#configured = deps.settings;
    this.#settings = deps.settings;
    this.#effective = deps.effective ?? [];
  }

  /** Each is told in the order of subscription. */
  subscribe(listener: SettingsListener): void {
    this.#listeners.push(listener);
  }

  /** Takes what an earlier run kept; what is damaged or no longer right is left out, and said. Never rejects. */
  async start(): Promise<void> {
    const { clock, log, onAlert } = this.#deps;
    const read = await readStoredOptions(this.#configured.stateDir, clock.now());
    const found = applicable(this.#configured, read.value ?? {});
    this.#values = found.values;
    const changed = this.#use();
    if (changed.length > 0) log.info({ options: this.#values }, 'settings of an earlier run hold');
    const faults = [...(read.damage === null ? [] : [read.damage]), ...found.faults];
    for (const fault of faults) log.warn(`a setting of an earlier run is ignored: ${fault}`);
    onAlert(faults.length === 0 ? null : faults.join('; '));
    this.#tell(changed);
  }

  /** Where the configuration has each setting from, as it was read last. */
  get effective(): readonly EffectiveSetting[] {
    return this.#effective;
  }

  /** In force: frozen, replaced by another at a change. */
  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Resets, then sets, all or nothing; it is on disk when the answer comes.
   *
   * @throws SurfwatchError `option-unknown`, `option-fixed`, `option-invalid`, `disk-full`, `state-unwritable`,
   * `storage-failed`
   */
  async change({ get, set = {}, reset = [] }: OptionsRequest): Promise<OptionsAnswer> {
    const paths = Object.keys(set);
    const cleared = namedOptions(reset);
    const asked = get === undefined ? [...paths, ...cleared] : namedOptions(get);
    for (const path of paths) checkOptionName(path);
    const changes = paths.length + reset.length > 0;
    const changed = changes ? await this.#inTurn(() => this.#change(set, cleared)) : [];
    const shown = get === undefined && !changes ? undefined : asked;
    return { options: describeOptions(this.#described(), shown), changed };
  }

  /** Takes another configuration: what can change changes, the rest stays until a restart. */
  reload(settings: Settings, effective?: readonly EffectiveSetting[]): Promise<Reloaded> {
    return this.#inTurn(async () => {
      const { log, onAlert } = this.#deps;
      const different = differences(this.#configured, settings);
      const runtime = different.filter(isRuntimeSetting);
      const restart = different.filter(path => !isRuntimeSetting(path));
      this.#configured = withValuesOf(this.#configured, settings, runtime);
      this.#effective = effective ?? [];
      const found = applicable(this.#configured, this.#values);
      this.#values = found.values;
      const changed = this.#use();
      for (const fault of found.faults) log.warn(`a changed setting is now ignored: ${fault}`);
      if (found.faults.length > 0) onAlert(found.faults.join('; '));
      log.info({ configured: runtime, changed, restart }, 'the configuration was read again');
      this.#tell(changed);
      return { changed, restart };
    });
  }

  async #change(set: OptionValues, cleared: readonly string[]): Promise<readonly string[]> {
    const { log, onAlert } = this.#deps;
    const rest = Object.entries(this.#values).filter(([path]) => !cleared.includes(path));
    const given = { ...Object.fromEntries(rest), ...set };
    const settings = applyRuntimeOptions(this.#configured, given);
    // As a config file has them, however they were written.
    const values = Object.fromEntries(Object.keys(given).map(path => [path, shownAt(settings, path)]));
    await writeStoredOptions(this.#configured.stateDir, values);
    this.#values = values;
    const changed = this.#use();
    onAlert(null);
    log.info({ options: set, reset: cleared, changed }, 'settings changed');
    this.#tell(changed);
    return changed;
  }

  #tell(changed: readonly string[]): void {
    if (changed.length === 0) return;
    for (const listener of this.#listeners) listener(this.#settings, changed);
  }

  #use(): readonly string[] {
    const before = this.#settings;
    this.#settings = applyRuntimeOptions(this.#configured, this.#values);
    return differences(before, this.#settings);
  }

  #described() {
    const sources = new Map(this.#effective.map(({ path, source }) => [path, source]));
    return {
      settings: this.#settings,
      configured: this.#configured,
      changed: new Set(Object.keys(this.#values)),
      sourceOf: (path: string) => sources.get(path) ?? 'configuration',
    };
  }
}

/**
 * The settings meant by names of settings, of groups of them, and by `*`, among those that can change at run time.
 *
 * @throws SurfwatchError `option-unknown`, `option-fixed`
 */
function namedOptions(names: readonly string[]): string[] {
  return names.flatMap(name => {
    if (name === '*') return RUNTIME_SETTINGS;
    const group = RUNTIME_SETTINGS.filter(path => path.startsWith(`${name}.`));
    if (group.length > 0) return group;
    checkOptionName(name);
    return [name];
  });
}
