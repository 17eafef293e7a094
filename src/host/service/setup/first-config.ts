/** The config file that a new service begins with. */
import { firstConfigText } from '../../../config/first-config.ts';

const FIRST_PORT = 1883;

/**
 * @param others texts of the config files that are there already: their broker's ports are taken
 */
export function firstConfig(instance: string | undefined, others: readonly string[]): string {
  const camera = { kind: 'webcam', source: '/dev/video0' } as const;
  if (instance === undefined) return firstConfigText({ site: 'beach', camera });
  return firstConfigText({ site: instance, fleet: true, camera, brokerPort: freePort(others) });
}

/** The first that none of the files mentions as a port; 1883 is that of the daemon without a name. */
function freePort(others: readonly string[]): number {
  const taken = new Set(
    others.flatMap(text => [...text.matchAll(/"port"\s*:\s*(\d+)/g)].map(([, port]) => Number(port))),
  );
  let port = FIRST_PORT + 1;
  while (taken.has(port)) port += 1;
  return port;
}
