import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { MqttOptions } from './options.ts';
import { serverUrls } from './servers.ts';

/** What mqtt.js needs for an encrypted connection. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Asked for by SNI, and looked for in the certificate. */
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/**
 * Checks that what is set about encryption can be used.
 *
 * @throws SurfwatchError `mqtt-tls-invalid`
 */
export async function checkTls(options: MqttOptions): Promise<void> {
  const { caFile, certFile, servername } = options;
  const urls = serverUrls(options.url);
  const isSet = caFile !== undefined || certFile !== undefined || servername !== undefined;
  if (isSet && !urls.some(isEncrypted)) {
    const what = servername === undefined ? 'certificate files are' : 'mqtt.servername is';
    throw new SurfwatchError('mqtt-tls-invalid', `${what} set, but no address in mqtt.url is encrypted`);
  }
  for (const url of urls) await readTls(options, url);
}

/**
 * Reads the certificate files for the server at `url`; `undefined` where that is not encrypted. They are read for every
 * connection, so that renewed ones are used.
 *
 * @throws SurfwatchError `mqtt-tls-invalid` where one cannot be read or lacks its counterpart.
 */
export async function readTls(options: MqttOptions, url: string): Promise<TlsMaterial | undefined> {
  const { caFile, certFile, keyFile, servername, rejectUnauthorized } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new SurfwatchError(
      'mqtt-tls-invalid',
      'mqtt.certFile and mqtt.keyFile go together, but only one is set',
    );
  }
  if (servername !== undefined && isIP(servername) !== 0) {
    throw new SurfwatchError('mqtt-tls-invalid', `mqtt.servername ${servername}: must be a name`);
  }
  if (!isEncrypted(url)) return undefined;
  return {
    rejectUnauthorized,
    ...(servername !== undefined && { servername }),
    ...(caFile !== undefined && { ca: await read('mqtt.caFile', caFile) }),
    ...(certFile !== undefined && { cert: await read('mqtt.certFile', certFile) }),
    ...(keyFile !== undefined && { key: await read('mqtt.keyFile', keyFile) }),
  };
}

function isEncrypted(url: string): boolean {
  return /^(mqtts|wss):/i.test(url);
}

async function read(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SurfwatchError('mqtt-tls-invalid', `${setting} ${path}: ${messageOf(error)}`, { cause: error });
  }
}
