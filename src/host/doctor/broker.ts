/** The broker: those in the settings can be reached, or the embedded one can listen. */
import { createServer } from 'node:net';
import type { Settings } from '../../config/settings.ts';
import { ERRORS, messageOf } from '../../errors.ts';
import { openServer } from '../../messaging/any-version.ts';
import type { Opened } from '../../messaging/connection.ts';
import { type Server, serversOf } from '../../messaging/servers.ts';
import { checkTls } from '../../messaging/tls.ts';
import { type Finding, fail, failed, ok, warn } from './finding.ts';

const GOODBYE_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;
const MAX_INCOMING_BYTES = 1_048_576;

/** One finding for each server, or one for the embedded broker. */
export async function checkBroker({ mqtt, broker }: Settings): Promise<Finding[]> {
  if (mqtt.url === '') return [await checkPort(broker, mqtt)];
  const findings: Finding[] = [];
  for (const server of serversOf(mqtt)) findings.push(await checkServer(server, mqtt));
  // Where one of several takes the daemon, it runs.
  const isServed = findings.some(({ status }) => status === 'ok');
  return findings.map(finding =>
    isServed && finding.status === 'fail' ? { ...finding, status: 'warn' } : finding,
  );
}

async function checkServer(server: Server, mqtt: Settings['mqtt']): Promise<Finding> {
  try {
    const opened = await open(server, mqtt);
    if (!opened.ok) return failed('broker', opened.fault);
    await opened.connection.close(GOODBYE_MS);
    const version = server.version === 5 ? '5' : '3.1.1';
    return ok('broker', `${server.address} accepts the login, MQTT ${version}`);
  } catch (error) {
    return failed('broker', error);
  }
}

/** With an id of its own: with the daemon's it would throw the daemon out. */
async function open(server: Server, mqtt: Settings['mqtt']): Promise<Opened> {
  const options = { ...mqtt, clientId: `${mqtt.clientId}-doctor` };
  await checkTls(options);
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  return openServer(server, options, MAX_INCOMING_BYTES, () => {}, signal);
}

async function checkPort({ port }: Settings['broker'], mqtt: Settings['mqtt']): Promise<Finding> {
  const place = `127.0.0.1:${port}`;
  try {
    await listenOnce(port);
    return ok('broker', `embedded: ${place} is free; it listens for programs on this computer only`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') {
      return fail('broker', `${place}: ${messageOf(error)}`, ERRORS['broker-failed'].remedy);
    }
    const options = { ...mqtt, url: `mqtt://${place}`, protocolVersion: '4' } as const;
    const [server] = serversOf(options);
    const speaks = server === undefined ? undefined : await open(server, options);
    if (speaks?.ok) await speaks.connection.close(GOODBYE_MS);
    return speaks?.ok
      ? warn(
          'broker',
          `embedded: an MQTT broker listens on ${place} already`,
          'All is well if it is surfwatch itself that runs. Else set `mqtt.url` to use that broker, or `broker.port` to another port.',
        )
      : fail('broker', `embedded: ${place} is taken`, ERRORS['broker-port-taken'].remedy);
  }
}

function listenOnce(port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
