/** The config file that a new service begins with. */

const FIRST_PORT = 1883;

/**
 * @param others texts of the config files that are there already: their broker's ports are taken
 */
export function firstConfig(instance: string | undefined, others: readonly string[]): string {
  if (instance === undefined) {
    return `// surfwatch config check -c FILE checks it; surfwatch config schema lists all that can be set.
{
  "site": "beach",
  "camera": {
    "kind": "webcam",
    "webcam": { "device": "/dev/video0" }
  }
}
`;
  }
  return `// surfwatch config check -c FILE checks it; surfwatch config schema lists all that can be set.
{
  "site": ${JSON.stringify(instance)},
  "fleet": true,
  "camera": {
    "kind": "webcam",
    "webcam": { "device": "/dev/video0" }
  },
  // Leave it out where mqtt.url names a broker.
  "broker": { "port": ${freePort(others)} }
}
`;
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
