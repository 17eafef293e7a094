/** Which settings can change while the daemon runs, and which need a restart. */
import { SETTINGS } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { valueAt } from './settings-path.ts';

export type Change = 'runtime' | 'restart';

/** By setting or group of settings; the longest name that fits counts. A test demands that every setting is named. */
const CHANGES: Readonly<Record<string, Change>> = {
  site: 'restart',
  fleet: 'restart',
  stateDir: 'restart',
  log: 'runtime',
  'log.format': 'restart',
  camera: 'restart',
  'camera.interval': 'runtime',
  'camera.timeout': 'runtime',
  'camera.offlineAfter': 'runtime',
  schedule: 'restart',
  history: 'restart',
  monitor: 'restart',
  metrics: 'restart',
  web: 'restart',
  zones: 'restart',
  vision: 'restart',
  gates: 'runtime',
  models: 'restart',
  activity: 'runtime',
  snapshot: 'runtime',
  riders: 'runtime',
  learning: 'runtime',
  'learning.newActivities': 'restart',
  'learning.labelledDir': 'restart',
  mqtt: 'restart',
  broker: 'restart',
  discovery: 'restart',
};

/** Undefined where nobody has said it of the setting. */
export function changeOf(path: string): Change | undefined {
  const names = path.split('.');
  for (let length = names.length; length > 0; length--) {
    const change = CHANGES[names.slice(0, length).join('.')];
    if (change !== undefined) return change;
  }
  return undefined;
}

/** The settings that can change while the daemon runs, in the order of the reference. */
export const RUNTIME_SETTINGS: readonly string[] = SETTINGS.map(({ path }) => path).filter(
  path => changeOf(path) === 'runtime',
);

export function isRuntimeSetting(path: string): boolean {
  return changeOf(path) === 'runtime';
}

/** The settings whose values differ, in the order of the reference. */
export function differences(before: Settings, after: Settings): string[] {
  const paths = SETTINGS.map(({ path }) => path);
  return paths.filter(path => JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(after, path)));
}
