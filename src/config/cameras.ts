/** Several cameras in one program: the list `cameras` of a config file, each entry with settings over the common ones. */
import type { Fault } from './fault.ts';
import type { Known } from './layers.ts';
import { SCHEMA } from './schema.ts';
import { isSetting, listSettings, type SettingTree } from './setting.ts';

/** The key at the top of a config file; it is no setting. */
export const CAMERAS_KEY = 'cameras';

/** With more, each would be read too coarsely on the boards that this is made for. */
export const MOST_CAMERAS = 16;

/** Settings and groups of the program, which are the same for all its cameras. */
export const OF_PROGRAM: readonly string[] = [
  'fleet',
  'stateDir',
  'log',
  'vision.engine',
  'vision.threads',
  'vision.precision',
  'models.dir',
  'models.backbone',
  'models.pictureHead',
  'mqtt.url',
  'broker',
  'monitor',
  'metrics',
  'web',
];

/** Whether each camera can have its own value. @param path of a setting, or of a group with at least one such setting */
export function isOfCamera(path: string): boolean {
  return !OF_PROGRAM.some(name => path === name || path.startsWith(`${name}.`));
}

function treeOfCamera(tree: SettingTree, prefix = ''): SettingTree {
  const nodes = Object.entries(tree).filter(([name]) => isOfCamera(`${prefix}${name}`));
  return Object.fromEntries(
    nodes.map(([name, node]) => [name, isSetting(node) ? node : treeOfCamera(node, `${prefix}${name}.`)]),
  );
}

/** What an entry may set. */
export const CAMERA_SCHEMA: SettingTree = treeOfCamera(SCHEMA);

export const OF_CAMERA: Known = { tree: CAMERA_SCHEMA, settings: listSettings(CAMERA_SCHEMA) };

/** Where a setting of an entry stands, for people: `cameras[1].camera.http.url`. */
export function entryPath(index: number, path: string): string {
  return `${CAMERAS_KEY}[${index}]${path === '' ? '' : `.${path}`}`;
}

interface Entry {
  readonly site: string;
  readonly learning: { readonly labelledDir?: string };
}

/** What must differ between the cameras and does not. */
export function sharedFaults(entries: readonly Entry[], sourceOf: (index: number, path: string) => string) {
  const twice = (path: string, read: (entry: Entry) => string | undefined, reason: string): Fault[] =>
    entries.flatMap((entry, index) => {
      const value = read(entry);
      const first = entries.findIndex(other => read(other) === value);
      if (value === undefined || first === index) return [];
      const source = sourceOf(index, path);
      return [
        {
          kind: 'contradiction',
          path: entryPath(index, path),
          source,
          reason: `${reason}, and ${entryPath(first, path)} is the same`,
        },
      ];
    });
  return [
    ...twice('site', ({ site }) => site, 'must be a name of its own'),
    ...twice('learning.labelledDir', ({ learning }) => learning.labelledDir, 'must be a folder of its own'),
  ];
}
