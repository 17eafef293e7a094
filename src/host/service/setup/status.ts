/** How the service is, as systemd has it. */
import { existsSync } from 'node:fs';
import { type Layout, layoutOf } from './layout.ts';
import type { Run } from './steps.ts';
import { enabledUnits } from './surroundings.ts';

export interface ServiceStatus {
  readonly unit: string;
  readonly installed: boolean;
  readonly enabled: boolean;
  /** `active`, `activating`, `failed` …; null where systemd does not run, or not for that file system. */
  readonly active: string | null;
  /** Why it ended, where it did: `success`, `exit-code`, `watchdog` … */
  readonly result: string | null;
  readonly exitStatus: number | null;
  readonly restarts: number | null;
  readonly memoryMB: number | null;
  /** What the daemon says of itself. */
  readonly says: string | null;
  /** Whether the nightly retraining is enabled. */
  readonly nightlyRetrain: boolean;
}

const PROPERTIES = ['ActiveState', 'Result', 'ExecMainStatus', 'NRestarts', 'MemoryCurrent', 'StatusText'];

/** The state of one daemon, or of all that are enabled. */
export async function serviceStatus(
  root: string,
  instance: string | undefined,
  booted: boolean,
  run: Run,
): Promise<ServiceStatus[]> {
  const units = instance === undefined ? await enabledUnits(root) : [];
  const names = new Set(units.map(unit => /@(.+)\.service$/.exec(unit)?.[1]));
  if (instance !== undefined || names.size === 0) names.add(instance);
  return await Promise.all(
    [...names].map(name =>
      one(root, layoutOf({ root, ...(name !== undefined && { instance: name }) }), booted, run),
    ),
  );
}

async function one(root: string, layout: Layout, booted: boolean, run: Run): Promise<ServiceStatus> {
  const { unit, timer, unitFile, unitPath, packagedPath } = layout;
  const shown = booted ? properties(await run('systemctl', ['show', unit, `--property=${PROPERTIES}`])) : {};
  const isEnabled = async (name: string) =>
    (await run('systemctl', [...(root === '/' ? [] : [`--root=${root}`]), 'is-enabled', name]).catch(
      () => '',
    )) === 'enabled';
  return {
    unit,
    installed: existsSync(unitPath(unitFile)) || existsSync(packagedPath(unitFile)),
    enabled: await isEnabled(unit),
    active: shown.ActiveState ?? null,
    result: shown.Result ?? null,
    exitStatus: numberOf(shown.ExecMainStatus),
    restarts: numberOf(shown.NRestarts),
    memoryMB: megabytes(numberOf(shown.MemoryCurrent)),
    says: shown.StatusText === '' ? null : (shown.StatusText ?? null),
    nightlyRetrain: await isEnabled(timer),
  };
}

function properties(output: string): Partial<Record<string, string>> {
  const lines = output.split('\n').map(line => /^(\w+)=(.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap(match => (match === null ? [] : [[match[1], match[2]]])));
}

/** systemd has `[not set]` and the largest number there is for what it does not know. */
function numberOf(text: string | undefined): number | null {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

function megabytes(bytes: number | null): number | null {
  return bytes === null ? null : Math.round(bytes / 1_048_576);
}
