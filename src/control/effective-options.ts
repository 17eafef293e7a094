/** What is in effect where settings were changed while the daemon ran: for `surfwatch config print`. */
import type { EffectiveSetting } from '../config/effective.ts';
import type { LoadedConfig } from '../config/load.ts';
import { applicable, applyRuntimeOptions } from './apply-options.ts';
import { shownAt } from './describe-options.ts';
import { readStoredOptions } from './stored-options.ts';

/** Only reads: a damaged file stays where it is, and is one of the `faults`. */
export async function withStoredOptions({ settings, effective }: LoadedConfig): Promise<{
  readonly effective: readonly EffectiveSetting[];
  readonly faults: readonly string[];
}> {
  const read = await readStoredOptions(settings.stateDir, null);
  const { values, faults } = applicable(settings, read.value ?? {});
  const changed = applyRuntimeOptions(settings, values);
  const shown = effective.map(one =>
    Object.hasOwn(values, one.path)
      ? { path: one.path, shown: shownAt(changed, one.path), source: 'runtime' }
      : one,
  );
  return { effective: shown, faults: [...(read.damage === null ? [] : [read.damage]), ...faults] };
}
