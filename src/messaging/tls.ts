import { readFile } from 'node:fs/promises';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { MqttOptions } from './options.ts';

/** What mqtt.js needs for an encrypted connection. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
}

/**
 * Reads the certificate files the options name; `undefined` for an address without TLS. They are read for every
 * connection, so that renewed ones are used.
 *
 * @throws SurfwatchError `mqtt-tls-invalid` where one can not be read, lacks its counterpart or would not be used.
 */
export async function readTls(options: MqttOptions): Promise<TlsMaterial | undefined> {
  const { url, caFile, certFile, keyFile, rejectUnauthorized } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new SurfwatchError(
      'mqtt-tls-invalid',
      'mqtt.certFile and mqtt.keyFile go together, but only one is set',
    );
  }
  if (!/^(mqtts|wss):/i.test(url)) {
    if (caFile === undefined && certFile === undefined) return undefined;
    throw new SurfwatchError('mqtt-tls-invalid', 'certificate files are set, but mqtt.url is not encrypted');
  }
  return {
    rejectUnauthorized,
    ...(caFile !== undefined && { ca: await read('mqtt.caFile', caFile) }),
    ...(certFile !== undefined && { cert: await read('mqtt.certFile', certFile) }),
    ...(keyFile !== undefined && { key: await read('mqtt.keyFile', keyFile) }),
  };
}

async function read(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SurfwatchError('mqtt-tls-invalid', `${setting} ${path}: ${messageOf(error)}`, { cause: error });
  }
}
