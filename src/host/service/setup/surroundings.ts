/** What there is before anything is changed. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, layoutOf, type Target } from './layout.ts';
import type { Program } from './program.ts';
import { textOf } from './steps.ts';

export interface Surroundings {
  readonly target: Target;
  readonly layout: Layout;
  readonly program: Program;
  /** Version of systemd. */
  readonly systemd: number;
  /** systemd runs, and it is its own file system that is set up. */
  readonly booted: boolean;
  /** A Debian package brought the units. */
  readonly packaged: boolean;
  /** Texts of the shipped files by name: units, and `surfwatch.sysusers`. */
  readonly shipped: Readonly<Record<string, string>>;
  /** Texts of files that are there, by path. */
  readonly present: ReadonlyMap<string, string>;
  /** Config files by path. */
  readonly configs: ReadonlyMap<string, string>;
  /** Other daemons of this board: their units, as they are enabled. */
  readonly otherUnits: readonly string[];
}

export interface ObserveDeps {
  readonly target: Target;
  readonly program: Program;
  readonly systemd: number;
  /** Whether systemd runs this computer. */
  readonly running: boolean;
}

export async function lookAround({ target, program, systemd, running }: ObserveDeps): Promise<Surroundings> {
  const layout = layoutOf(target);
  const names = [layout.unitFile, ...layout.retrainFiles, 'surfwatch.sysusers'];
  const shipped: Record<string, string> = {};
  for (const name of names) shipped[name] = (await textOf(join(program.packageRoot, 'systemd', name))) ?? '';
  const present = new Map<string, string>();
  for (const path of [...names.map(layout.unitPath), layout.sysusersPath]) {
    const text = await textOf(path);
    if (text !== null) present.set(path, text);
  }
  return {
    target,
    layout,
    program,
    systemd,
    booted: running && target.root === '/',
    packaged: (await textOf(layout.packagedPath(layout.unitFile))) !== null,
    shipped,
    present,
    configs: await configsIn(layout.configFolder),
    otherUnits: (await enabledUnits(target.root)).filter(unit => unit !== layout.unit),
  };
}

/** The daemons that start with the computer. */
export async function enabledUnits(root: string): Promise<string[]> {
  const wanted = await namesIn(join(root, 'etc/systemd/system/multi-user.target.wants'));
  return wanted.filter(name => /^surfwatch(@[a-z0-9-]+)?\.service$/.test(name)).sort();
}

async function configsIn(folder: string): Promise<Map<string, string>> {
  const configs = new Map<string, string>();
  for (const name of (await namesIn(folder)).filter(name => name.endsWith('.json'))) {
    const path = join(folder, name);
    configs.set(path, (await textOf(path)) ?? '');
  }
  return configs;
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
