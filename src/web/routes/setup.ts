/** Setting the daemon up: its config file, and trying a camera, a broker and zones before anything is saved. */
import * as z from 'zod';
import { serially } from '../../base/serially.ts';
import { placesOf, removeAt, setAt, withoutSecrets, withSecretsOf } from '../../config/edit.ts';
import { ConfigError, describeFault, type Fault } from '../../config/fault.ts';
import type { LoadedCameras } from '../../config/load.ts';
import { configJsonSchema } from '../../config/reference.ts';
import { settingAt } from '../../config/schema.ts';
import type { Settings } from '../../config/settings.ts';
import { type ConfigSource, readConfigText, saveConfigText } from '../../config/source.ts';
import { type ZoneSetting, zoneProblems } from '../../config/zones.ts';
import { differences, isRuntimeSetting } from '../../control/runtime-settings.ts';
import type { ShownPicture } from '../../control/shown-picture.ts';
import { SurfwatchError } from '../../errors.ts';
import { diffOf } from '../diff.ts';
import { defineRoute, type Route } from '../route.ts';

export interface SetupRoutesDeps {
  readonly source: ConfigSource;
  /** Whether the camera is an entry of the list `cameras`: the others are set up by their own pages. */
  readonly isList: boolean;
  /** Those of the configuration that the daemon was started with. */
  readonly configured: Settings;
  /** All settings in force, nested as a file has them, without secrets. */
  readonly inForce: () => Record<string, unknown>;
  /** Takes what it can of another configuration without a restart. */
  readonly reload: (loaded: LoadedCameras) => Promise<unknown>;
  /** Ends the daemon and starts it anew, soon; absent where nobody would start it. */
  readonly restart?: () => void;
  /** One picture of a camera with these settings. @throws SurfwatchError `camera-*`, `image-*` */
  readonly tryCamera: (camera: Settings['camera'], signal: AbortSignal) => Promise<ShownPicture>;
  /** Address of the broker that takes a client with these settings. @throws SurfwatchError `mqtt-*` */
  readonly tryBroker: (mqtt: Settings['mqtt']) => Promise<string>;
  /** What the newest frame shows in each zone. @throws SurfwatchError `label-frame-unknown` */
  readonly tryZones: (zones: readonly ZoneSetting[]) => Promise<readonly ZoneSight[]>;
}

export interface ZoneSight {
  readonly name: string;
  readonly activity: string;
  readonly count: Readonly<Record<string, number>>;
}

const MOST_CHANGES = 200;
const MOST_TEXT = 200_000;

const text = z
  .string()
  .max(MOST_TEXT)
  .describe('Of a config file; `[secret]` stands for a secret that stays as it is.');
const path = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$/);
const settings = z.record(z.string(), z.unknown());
const restart = z.array(z.string()).describe('Settings that change with a restart only.');

const previewBody = z
  .object({
    changes: z
      .array(z.object({ path: path.describe('A setting or group: `zones`.'), value: z.unknown().optional() }))
      .max(MOST_CHANGES)
      .optional()
      .describe('To the file as it is; without `value` the setting is left out.'),
    text: text.optional().describe('Or a whole text.'),
  })
  .refine(({ changes, text }) => (changes === undefined) !== (text === undefined), {
    message: 'either `changes` or `text`',
  });

export function setupRoutes(deps: SetupRoutesDeps): readonly Route[] {
  const { source, isList, configured, inForce, tryCamera, tryBroker, tryZones } = deps;
  const inTurn = serially();
  const camera = oneAtATime('a camera is tried already');
  const broker = oneAtATime('a broker is tried already');

  /** The settings with these over those of the file, which has the secrets. @throws ConfigError */
  const loadWith = async (group: string, values: unknown): Promise<Settings> => {
    const { text } = await readConfigText(source);
    const place = placesOf(text, configured.site);
    const changed = leavesOf(group, values).reduce(
      (before, [path, value]) => setAt(before, place(path), value),
      text,
    );
    const settings = ofThisCamera(source.load(withSecretsOf(text, changed)));
    if (settings === undefined)
      throw new SurfwatchError('site-unknown', `the file has no camera ${configured.site} any more`);
    return settings;
  };

  const ofThisCamera = ({ cameras }: LoadedCameras): Settings | undefined =>
    isList
      ? cameras.find(({ settings }) => settings.site === configured.site)?.settings
      : cameras[0].settings;

  const needRestart = (loaded: LoadedCameras): string[] => {
    const settings = loaded.isList === isList ? ofThisCamera(loaded) : undefined;
    if (settings === undefined) return ['cameras'];
    return differences(configured, settings).filter(path => !isRuntimeSetting(path));
  };

  return [
    defineRoute({
      method: 'get',
      path: '/config',
      role: 'operate',
      doc: 'The config file, and the settings in force. Secrets in both read `[secret]`. `writable`: whether the file can be saved from here.',
      answer: z.object({
        file: z.string().nullable().describe('Null where the daemon was started without one.'),
        text: z.string(),
        etag: z.string(),
        writable: z.boolean(),
        settings,
        schema: settings.describe('The JSON Schema of a config file.'),
      }),
      run: async () => {
        const { text, ...rest } = await readConfigText(source);
        const schema = configJsonSchema();
        return { file: source.file, text: withoutSecrets(text), ...rest, settings: inForce(), schema };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/config/preview',
      role: 'operate',
      doc: 'What the file would be, its differences, what is wrong with it, and which settings need a restart. Nothing is saved; comments are kept.',
      body: previewBody,
      answer: z.object({
        text: z.string(),
        diff: z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), line: z.string() })),
        faults: z.array(
          z
            .object({ path: z.string(), reason: z.string(), line: z.int().optional() })
            .describe('Of the text.'),
        ),
        restart,
      }),
      run: async ({ body }) => {
        const { text } = await readConfigText(source);
        const shown = withoutSecrets(text);
        const place = placesOf(shown, configured.site);
        const wanted = (body.changes ?? []).reduce(
          (changed, { path, value }) =>
            value === undefined ? removeAt(changed, place(path)) : setAt(changed, place(path), value),
          body.text ?? shown,
        );
        const { loaded, faults } = tried(source, withSecretsOf(text, wanted));
        return {
          text: wanted,
          diff: diffOf(shown, wanted),
          faults: faults.map(fault => faultAnswer(fault, source.file)),
          restart: loaded === undefined ? [] : needRestart(loaded),
        };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/config',
      role: 'operate',
      doc: 'Saves the file, with a copy of the one before as `….bak` beside it, and has the daemon take what it can without a restart. `etag` is that of the text that was changed.',
      body: z.object({ text, etag: z.string().max(100) }),
      answer: z.object({ restart }),
      run: ({ body }) =>
        inTurn(async () => {
          const { file } = source;
          if (file === null)
            throw new SurfwatchError('web-conflict', 'the daemon was started without a config file');
          const { text, etag } = await readConfigText(source);
          if (etag !== body.etag) throw new SurfwatchError('web-conflict', `${file} was changed meanwhile`);
          const wanted = withSecretsOf(text, body.text);
          const { loaded, faults } = tried(source, wanted);
          if (loaded === undefined) throw new ConfigError(faults);
          await saveConfigText(file, wanted);
          await deps.reload(loaded);
          return { restart: needRestart(loaded) };
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/restart',
      role: 'operate',
      doc: 'Ends the daemon and starts it anew with the config file as it is, if that is right. Answered at once; when it runs, `/session` has another `started`.',
      body: z.object({}),
      answer: z.object({}),
      run: () => {
        if (deps.restart === undefined)
          throw new SurfwatchError('web-conflict', 'nobody would start it anew');
        source.load();
        deps.restart();
        return {};
      },
    }),
    defineRoute({
      method: 'post',
      path: '/test/camera',
      role: 'operate',
      doc: 'Takes a picture with these settings of `camera`, as a config file has them, over those of the file; or says why there is none.',
      body: z.object({ camera: settings }),
      answer: z.object({
        jpeg: z.string().describe('Base64.'),
        width: z.int(),
        height: z.int(),
        tookMs: z.int(),
      }),
      run: ({ body, signal }) =>
        camera(async () => {
          const { camera } = await loadWith('camera', body.camera);
          const startMs = performance.now();
          const { jpeg, width, height } = await tryCamera(camera, signal);
          const tookMs = Math.round(performance.now() - startMs);
          return { jpeg: jpeg.toString('base64'), width, height, tookMs };
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/test/broker',
      role: 'operate',
      doc: 'Logs in to a broker with these settings of `mqtt`, over those of the file; or says why that fails.',
      body: z.object({ mqtt: settings }),
      answer: z.object({ server: z.string().describe('Its address, without a login.') }),
      run: ({ body }) =>
        broker(async () => ({ server: await tryBroker((await loadWith('mqtt', body.mqtt)).mqtt) })),
    }),
    defineRoute({
      method: 'post',
      path: '/zones/preview',
      role: 'operate',
      doc: 'What the newest frame shows, by itself, in these zones of a config file. Nothing is changed.',
      body: z.object({ zones: z.array(z.unknown()).max(50) }),
      answer: z.object({
        zones: z.array(
          z.object({ name: z.string(), activity: z.string(), count: z.record(z.string(), z.number()) }),
        ),
      }),
      run: async ({ body }) => {
        const problems = zoneProblems(body.zones);
        if (problems.length > 0) {
          const reasons = problems.map(({ at, reason }) => `zones${at}: ${reason}`).join('; ');
          throw new SurfwatchError('web-invalid', reasons);
        }
        return { zones: await tryZones(body.zones as readonly ZoneSetting[]) };
      },
    }),
  ];
}

/** The settings in a group, each by its path. */
function leavesOf(path: string, value: unknown): [path: string, value: unknown][] {
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isGroup || settingAt(path) !== undefined) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(`${path}.${name}`, inner));
}

/** Loads a text; faults are an answer, not a failure. */
function tried(
  source: ConfigSource,
  wanted: string,
): { readonly loaded?: LoadedCameras; readonly faults: readonly Fault[] } {
  try {
    return { loaded: source.load(wanted), faults: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { faults: error.faults };
    throw error;
  }
}

function faultAnswer(fault: Fault, file: string | null) {
  const line = /:(\d+):\d+$/.exec(fault.source)?.[1];
  const isInFile = line !== undefined && file !== null && fault.source.startsWith(`${file}:`);
  const reason = describeFault({ ...fault, path: '', source: isInFile ? '' : fault.source });
  return { path: fault.path, reason, ...(isInFile && { line: Number(line) }) };
}

/** What takes long and uses something outside of the daemon is not done twice at once. */
function oneAtATime(message: string): <T>(work: () => Promise<T>) => Promise<T> {
  let isBusy = false;
  return async work => {
    if (isBusy) throw new SurfwatchError('web-busy', message);
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };
}
