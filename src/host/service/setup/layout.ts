/** Where the service's files are, and what its units are called. */
import { join } from 'node:path';

export interface Target {
  /** The file system it is installed in: `/`, or a folder that holds another one. */
  readonly root: string;
  /** Name of one daemon among several on a board; absent for the only one. */
  readonly instance?: string;
}

export interface Layout {
  readonly unit: string;
  readonly timer: string;
  /** Names of unit files; those of a template serve all instances. */
  readonly unitFile: string;
  readonly retrainFiles: readonly [service: string, timer: string];
  /** Path of a unit file of this computer's owner. */
  readonly unitPath: (name: string) => string;
  /** Path of a unit file of a Debian package. */
  readonly packagedPath: (name: string) => string;
  readonly sysusersPath: string;
  readonly configFolder: string;
  readonly configPath: string;
  readonly statePath: string;
}

export const SERVICE_USER = 'surfwatch';

export function layoutOf({ root, instance }: Target): Layout {
  const at = instance === undefined ? '' : '@';
  const suffix = instance === undefined ? '' : `@${instance}`;
  const under = (...parts: string[]) => join(root, ...parts);
  return {
    unit: `surfwatch${suffix}.service`,
    timer: `surfwatch-retrain${suffix}.timer`,
    unitFile: `surfwatch${at}.service`,
    retrainFiles: [`surfwatch-retrain${at}.service`, `surfwatch-retrain${at}.timer`],
    unitPath: name => under('etc/systemd/system', name),
    packagedPath: name => under('usr/lib/systemd/system', name),
    sysusersPath: under('etc/sysusers.d/surfwatch.conf'),
    configFolder: under('etc/surfwatch'),
    configPath: under('etc/surfwatch', `${instance ?? 'config'}.json`),
    statePath: under('var/lib', instance === undefined ? 'surfwatch' : `surfwatch-${instance}`),
  };
}
