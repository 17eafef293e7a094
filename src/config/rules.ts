/** What must hold between settings, each of which is right by itself. */

import { formatDuration } from '../base/duration.ts';
import { isLoopback } from '../base/loopback.ts';
import { checkCameraOptions } from '../capture/check-options.ts';
import { SOURCE_SETTING } from '../capture/options.ts';
import type { CameraKind } from '../capture/source.ts';
import { messageOf } from '../errors.ts';
import { serverUrls } from '../messaging/servers.ts';
import { isTopicName } from '../messaging/topics.ts';
import type { Fault } from './fault.ts';
import type { Settings } from './settings.ts';

interface Rule {
  /** The setting to correct, and the others that the rule looks at. */
  readonly about: readonly [path: string, ...others: string[]];
  /** What is wrong, if something is. */
  readonly reason: (settings: Settings) => string | undefined;
}

function when(broken: boolean, reason: string): string | undefined {
  return broken ? reason : undefined;
}

/** A camera of this kind. */
function cameraRules(kind: CameraKind, setting: string | null): Rule[] {
  if (setting === null) return [];
  const group = `camera.${kind}`;
  const of = ({ camera }: Settings) => camera[kind] as Login & Readonly<Record<string, unknown>>;
  const source = (settings: Settings) => String(of(settings)[setting]);
  return [
    {
      about: [`${group}.${setting}`, 'camera.kind'],
      reason: settings =>
        when(
          settings.camera.kind === kind && source(settings) === '',
          `must be set where camera.kind is "${kind}"`,
        ),
    },
    needsUsername(group, of),
    oneLogin(group, setting, settings => ({ ...of(settings), addresses: [source(settings)] })),
  ];
}

function needsUsername(group: string, of: (settings: Settings) => Login): Rule {
  return {
    about: [`${group}.username`, `${group}.password`],
    reason: settings =>
      when(
        isGiven(of(settings).password) && !isGiven(of(settings).username),
        'must be set where there is a password',
      ),
  };
}

/** Two ways to log in at once: which one would count? */
function oneLogin(
  group: string,
  address: string,
  of: (settings: Settings) => Login & { readonly addresses: readonly string[] },
): Rule {
  return {
    about: [`${group}.${address}`, `${group}.username`],
    reason: settings =>
      when(
        isGiven(of(settings).username) &&
          of(settings).addresses.some(one => /^[a-z]+:\/\/[^/?#]*@/i.test(one)),
        `must not hold credentials where ${group}.username is set`,
      ),
  };
}

interface Login {
  readonly username?: string | null;
  readonly password?: string | null;
}

function isGiven(value: string | null | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

const RULES: readonly Rule[] = [
  ...(Object.keys(SOURCE_SETTING) as CameraKind[]).flatMap(kind => cameraRules(kind, SOURCE_SETTING[kind])),
  needsUsername('mqtt', s => s.mqtt),
  oneLogin('mqtt', 'url', s => ({ ...s.mqtt, addresses: serverUrls(s.mqtt.url) })),
  {
    about: ['activity.staleAfter', 'camera.interval'],
    reason: ({ activity, camera }) =>
      when(
        activity.staleAfterMs < 2 * camera.intervalMs,
        `must be at least twice camera.interval, which is ${formatDuration(camera.intervalMs)}`,
      ),
  },
  ...(['latitude', 'longitude'] as const).map(
    (name): Rule => ({
      about: [`schedule.${name}`, 'schedule.enabled', 'schedule.daylight'],
      reason: ({ schedule }) =>
        when(
          schedule.enabled && schedule.daylight !== 'all' && schedule[name] === null,
          'must be set where schedule.enabled is on and schedule.daylight is not "all"',
        ),
    }),
  ),
  {
    about: ['site', 'fleet'],
    reason: ({ site, fleet }) =>
      when(
        fleet && isTopicName(site),
        `must be another name: surf/${site} is a topic of boards outside of fleets`,
      ),
  },
  {
    about: ['mqtt.keyFile', 'mqtt.certFile'],
    reason: ({ mqtt }) =>
      when(mqtt.certFile !== undefined && mqtt.keyFile === undefined, 'must be set where mqtt.certFile is'),
  },
  {
    about: ['mqtt.certFile', 'mqtt.keyFile'],
    reason: ({ mqtt }) =>
      when(mqtt.keyFile !== undefined && mqtt.certFile === undefined, 'must be set where mqtt.keyFile is'),
  },
  {
    about: ['web.operatePassword', 'web.enabled', 'web.host'],
    reason: ({ web }) =>
      when(
        web.enabled && !isLoopback(web.host) && !isGiven(web.operatePassword),
        `must be set where web.host is ${web.host}: the network could change everything; or use 127.0.0.1`,
      ),
  },
  {
    about: ['web.key', 'web.cert'],
    reason: ({ web }) =>
      when(web.cert !== undefined && web.key === undefined, 'must be set where web.cert is'),
  },
  {
    about: ['web.cert', 'web.key'],
    reason: ({ web }) =>
      when(web.key !== undefined && web.cert === undefined, 'must be set where web.key is'),
  },
  {
    about: ['metrics.textfile'],
    reason: ({ metrics }) =>
      when(
        metrics.textfile !== undefined && !metrics.textfile.endsWith('.prom'),
        'must end with .prom: node_exporter reads no others',
      ),
  },
];

/**
 * The broken rules.
 *
 * @param faulty settings already found wrong, whose value here is only their default: rules about them say nothing
 */
export function brokenRules(
  settings: Settings,
  faulty: ReadonlySet<string>,
  sourceOf: (path: string) => string,
): Fault[] {
  const refused = [...faulty].some(path => path.startsWith('camera.'))
    ? []
    : refusedByCamera(settings, sourceOf);
  const broken = RULES.flatMap(({ about, reason }): Fault[] => {
    if (about.some(path => faulty.has(path))) return [];
    const why = reason(settings);
    const source = about.map(sourceOf).find(found => found !== 'default') ?? '';
    return why === undefined ? [] : [{ kind: 'contradiction', path: about[0], source, reason: why }];
  });
  // A rule says it better than the camera does.
  return [...broken, ...refused.filter(({ path }) => broken.every(rule => rule.path !== path))];
}

/** What the chosen camera itself would refuse, so that a checked config is one it starts with. */
function refusedByCamera({ camera }: Settings, sourceOf: (path: string) => string): Fault[] {
  try {
    checkCameraOptions(camera);
    return [];
  } catch (error) {
    const [setting = '', ...reason] = messageOf(error).split(': ');
    const path = setting.replace(/Ms$/, '');
    return [{ kind: 'invalid', path, source: sourceOf(path), reason: reason.join(': ') }];
  }
}
