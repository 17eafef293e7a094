/** The config file that a board begins with: the few settings that differ from board to board, with comments. */
import { SOURCE_SETTING } from '../capture/options.ts';
import type { Settings } from './settings.ts';

/** What a beginner has to say. Paths are absolute. */
export interface FirstChoices {
  readonly camera: FirstCamera;
  readonly site: string;
  /** One board of several: topics begin with `surf/<site>`. */
  readonly fleet?: true;
  /** Degrees north and east; the camera is then watched by daylight only. */
  readonly place?: readonly [latitude: number, longitude: number];
  /** Address of an MQTT broker; absent for the one inside the daemon. */
  readonly broker?: string;
  /** Port of the embedded broker. */
  readonly brokerPort?: number;
  /** Port of the page. */
  readonly pagePort?: number;
  readonly homeAssistant?: boolean;
}

/** The address, device or folder of a camera; '' where its kind needs none. */
export interface FirstCamera {
  readonly kind: Settings['camera']['kind'];
  readonly source: string;
}

/** JSON with comments, which {@link loadConfig} accepts where each choice is right by itself. */
export function firstConfigText(choices: FirstChoices): string {
  const { camera, site, fleet, place, broker, brokerPort, pagePort, homeAssistant } = choices;
  const json = JSON.stringify;
  const key = SOURCE_SETTING[camera.kind];
  const source = key === null ? '' : `, ${json(camera.kind)}: { ${json(key)}: ${json(camera.source)} }`;
  const port =
    brokerPort === undefined
      ? '// The broker is the one inside surfwatch; mqtt.url names another one.'
      : `// The broker is the one inside surfwatch; leave this out where mqtt.url names another one.\n  "broker": { "port": ${brokerPort} },`;
  const lines = [
    '// Stands in every message, and names the board.',
    `"site": ${json(site)},`,
    ...(fleet ? ['// Several boards share a broker: topics begin with surf/<site>.', '"fleet": true,'] : []),
    '// Where pictures come from, and how often: see docs/cameras.md.',
    `"camera": { "kind": ${json(camera.kind)}, "interval": "2s"${source} },`,
    ...(place === undefined
      ? ['// Watched day and night; schedule.enabled with latitude and longitude keeps to daylight.']
      : [
          '// Watched by daylight only.',
          `"schedule": { "enabled": true, "latitude": ${place[0]}, "longitude": ${place[1]} },`,
        ]),
    ...(broker === undefined
      ? [port]
      : [
          '// A login is best kept apart: "username", and "passwordFile" with the path of a file.',
          `"mqtt": { "url": ${json(broker)} },`,
        ]),
    ...(pagePort === undefined
      ? []
      : ['// Its page, on this computer: see docs/page.md.', `"web": { "port": ${pagePort} },`]),
    ...(homeAssistant
      ? ['// Announces the board to Home Assistant.', '"discovery": { "enabled": true },']
      : []),
  ];
  return `// surfwatch config check -c FILE checks it; surfwatch config schema lists all that can be set.
{
${lines.map(line => `  ${line}`).join('\n')}
}
`;
}
