/** The schema: every setting there is, with its doc, format, default and the name of its environment variable. */
import convict from 'convict';
import { FORMATS, type Format } from './formats.ts';
import { activitySchema } from './schema/activity.ts';
import { boardSchema } from './schema/board.ts';
import { cameraSchema } from './schema/camera.ts';
import { learningSchema } from './schema/learning.ts';
import { brokerSchema, mqttSchema } from './schema/messaging.ts';
import { discoverySchema, ridersSchema, snapshotSchema } from './schema/publishing.ts';
import { scheduleSchema } from './schema/schedule.ts';
import { historySchema, metricsSchema, monitorSchema } from './schema/upkeep.ts';
import { gatesSchema, modelsSchema, visionSchema, zonesSetting } from './schema/vision.ts';
import { webSchema } from './schema/web.ts';
import {
  envName,
  isSetting,
  listSettings,
  type Setting,
  type SettingEntry,
  type SettingTree,
  withSecretFiles,
} from './setting.ts';

/** As it is written; the type of the settings is inferred from it. */
export const WRITTEN = {
  ...boardSchema,
  camera: cameraSchema,
  zones: zonesSetting,
  vision: visionSchema,
  gates: gatesSchema,
  models: modelsSchema,
  activity: activitySchema,
  schedule: scheduleSchema,
  history: historySchema,
  snapshot: snapshotSchema,
  riders: ridersSchema,
  learning: learningSchema,
  mqtt: mqttSchema,
  broker: brokerSchema,
  discovery: discoverySchema,
  monitor: monitorSchema,
  metrics: metricsSchema,
  web: webSchema,
} as const satisfies SettingTree;

/** The whole tree, with the `…File` siblings of the secrets. */
export const SCHEMA: SettingTree = withSecretFiles(WRITTEN);

/** All settings in the order of the reference. */
export const SETTINGS: readonly SettingEntry[] = listSettings(SCHEMA);

const BY_PATH: ReadonlyMap<string, Setting> = new Map(SETTINGS.map(({ path, setting }) => [path, setting]));

export function settingAt(path: string): Setting | undefined {
  return BY_PATH.get(path);
}

/** The format of a setting. */
export function formatOf(setting: Setting): Format {
  return FORMATS[setting.format];
}

/** convict knows formats by name in one registry; they are all ours, since its own turn "no" into true and "5x" into 5. */
convict.addFormats(
  Object.fromEntries(
    Object.entries(FORMATS).map(([name, format]: [string, Format]) => [
      name,
      {
        coerce: format.parse,
        validate: (value: unknown, setting: convict.SchemaObj) => {
          const [problem] = format.problems(value, setting as Setting);
          if (problem !== undefined) throw new Error(`${problem.at} ${problem.reason}`.trim());
        },
      },
    ]),
  ),
);

/** An empty convict configuration: every setting at its default, nothing read from the environment or the command line. */
export function newConvict(): convict.Config<unknown> {
  return convict<unknown>(forConvict(SCHEMA) as convict.Schema<unknown>, { env: {}, args: [] });
}

function forConvict(tree: SettingTree, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).map(([name, node]) => {
      const path = `${prefix}${name}`;
      if (!isSetting(node)) return [name, forConvict(node, `${path}.`)];
      return [name, { ...node, env: envName(path), nullable: node.none !== undefined }];
    }),
  );
}
