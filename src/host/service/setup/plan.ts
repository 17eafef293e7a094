/** What has to be done to install or remove the service: pure, so that it can be shown before it is done. */
import { firstConfigText } from '../../../config/first-config.ts';
import { SERVICE_USER } from './layout.ts';
import type { RunStep, Step, WriteStep } from './steps.ts';
import type { Surroundings } from './surroundings.ts';
import { renderUnit, type UnitChoices } from './units.ts';

export function installSteps(around: Surroundings, retrainAt: string | undefined): Step[] {
  const { layout, packaged, booted, target } = around;
  const units = unitWrites(around, retrainAt);
  const enabled = [layout.unit, ...(retrainAt === undefined ? [] : [layout.timer])];
  const changed = units.some(({ state }) => state !== 'same');
  const users: Step[] = packaged ? [] : [sysusers(around), makeUser(target.root)];
  return [
    ...users,
    ...configWrite(around),
    ...units,
    ...(booted ? [reload()] : []),
    systemctl(around, ['enable', ...enabled], ['disable', ...enabled]),
    ...(booted ? [start(around, changed)] : []),
    ...(booted && retrainAt !== undefined
      ? [systemctl(around, [changed ? 'restart' : 'start', layout.timer], ['stop', layout.timer])]
      : []),
  ];
}

export interface UninstallChoices {
  /** Config and state go as well. */
  readonly purge: boolean;
}

export function uninstallSteps(around: Surroundings, { purge }: UninstallChoices): Step[] {
  const { layout, packaged, booted, present, otherUnits, target } = around;
  const now = booted ? ['--now'] : [];
  const shared = otherUnits.some(unit => unit.includes('@') === layout.unit.includes('@'));
  const files =
    packaged || shared ? [] : [layout.unitFile, ...layout.retrainFiles].filter(has(present, layout.unitPath));
  const last = otherUnits.length === 0 && !packaged;
  const prefix = target.root === '/' ? [] : ['--prefix', target.root];
  return [
    optional(systemctl(around, ['disable', ...now, layout.timer])),
    optional(systemctl(around, ['disable', ...now, layout.unit], ['enable', ...now, layout.unit])),
    ...files.map(name => ({ kind: 'delete' as const, path: layout.unitPath(name) })),
    ...(booted ? [reload(), optional(systemctl(around, ['reset-failed', layout.unit]))] : []),
    ...(purge
      ? [
          { kind: 'delete' as const, path: layout.configPath },
          { kind: 'delete' as const, path: layout.statePath },
        ]
      : []),
    ...(purge && last
      ? [
          { kind: 'delete' as const, path: layout.sysusersPath },
          optional({ kind: 'run', program: 'userdel', args: [...prefix, SERVICE_USER] }),
        ]
      : []),
  ];
}

function unitWrites(around: Surroundings, retrainAt: string | undefined): WriteStep[] {
  const { layout, program, systemd, shipped, packaged } = around;
  const choices: UnitChoices = { program, systemd, ...(retrainAt !== undefined && { retrainAt }) };
  const [retrainService, retrainTimer] = layout.retrainFiles;
  // Of a package's units only the time of the retraining is the owner's.
  const own = packaged ? [] : [layout.unitFile];
  const retrain = retrainAt === undefined ? [] : packaged ? [retrainTimer] : [retrainService, retrainTimer];
  return [...own, ...retrain].map(name =>
    write(around, layout.unitPath(name), renderUnit(shipped[name] ?? '', choices)),
  );
}

function sysusers(around: Surroundings): WriteStep {
  return write(around, around.layout.sysusersPath, around.shipped['surfwatch.sysusers'] ?? '');
}

function makeUser(root: string): RunStep {
  const elsewhere = root === '/' ? [] : [`--root=${root}`];
  return { kind: 'run', program: 'systemd-sysusers', args: [...elsewhere, 'surfwatch.conf'] };
}

/** Never overwritten: it is the owner's. */
function configWrite({ layout, target, configs }: Surroundings): WriteStep[] {
  if (configs.has(layout.configPath)) return [];
  const content = firstConfig(target.instance, [...configs.values()]);
  return [{ kind: 'write', path: layout.configPath, content, state: 'new', group: SERVICE_USER }];
}

function write({ present }: Surroundings, path: string, content: string): WriteStep {
  const before = present.get(path);
  const state = before === undefined ? 'new' : before === content ? 'same' : 'changed';
  return { kind: 'write', path, content, state };
}

function start(around: Surroundings, changed: boolean): RunStep {
  const { unit } = around.layout;
  return systemctl(around, [changed ? 'restart' : 'start', unit], ['stop', unit]);
}

function reload(): RunStep {
  return { kind: 'run', program: 'systemctl', args: ['daemon-reload'], undo: ['daemon-reload'] };
}

function systemctl({ target }: Surroundings, args: readonly string[], undo?: readonly string[]): RunStep {
  const elsewhere = target.root === '/' ? [] : [`--root=${target.root}`];
  return {
    kind: 'run',
    program: 'systemctl',
    args: [...elsewhere, ...args],
    ...(undo !== undefined && { undo: [...elsewhere, ...undo] }),
  };
}

function optional(step: RunStep): RunStep {
  return { ...step, optional: true };
}

function has(present: ReadonlyMap<string, string>, path: (name: string) => string) {
  return (name: string) => present.has(path(name));
}

/** Ports of the daemon without a name. */
const FIRST_PORTS = { broker: 1883, page: 8321 };

/**
 * The config file that a new service begins with.
 *
 * @param others texts of the config files that are there already: their ports are taken
 */
export function firstConfig(instance: string | undefined, others: readonly string[]): string {
  const camera = { kind: 'webcam', source: '/dev/video0' } as const;
  if (instance === undefined) return firstConfigText({ site: 'beach', camera });
  const brokerPort = freePort(FIRST_PORTS.broker, others);
  const pagePort = freePort(FIRST_PORTS.page, others);
  return firstConfigText({ site: instance, fleet: true, camera, brokerPort, pagePort });
}

/** The first after this one that none of the files mentions as a port. */
function freePort(first: number, others: readonly string[]): number {
  const taken = new Set(
    others.flatMap(text => [...text.matchAll(/"port"\s*:\s*(\d+)/g)].map(([, port]) => Number(port))),
  );
  let port = first + 1;
  while (taken.has(port)) port += 1;
  return port;
}
