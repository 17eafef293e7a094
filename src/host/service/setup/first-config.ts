/** The config file that a new service begins with. */
import { firstConfigText } from '../../../config/first-config.ts';

/** Those of the daemon without a name. */
const FIRST_PORTS = { broker: 1883, page: 8321 };

/**
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
