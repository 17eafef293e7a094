/** The certificate of the embedded broker. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { BrokerOptions } from '../options.ts';

/** What a TLS server of Node.js is made with. */
export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities of the clients' certificates; where absent, clients need none. */
  readonly ca?: Buffer;
}

export type TlsFiles = Pick<BrokerOptions, 'certFile' | 'keyFile' | 'caFile'>;

/**
 * Reads the files, and checks that they belong together; undefined where the options name none.
 *
 * @throws SurfwatchError `broker-tls-invalid`
 */
export async function readServerTls({ certFile, keyFile, caFile }: TlsFiles): Promise<ServerTls | undefined> {
  if (certFile === undefined && keyFile === undefined && caFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw invalid('broker.certFile and broker.keyFile must be set together');
  }
  const cert = await read('broker.certFile', certFile);
  const key = await read('broker.keyFile', keyFile);
  const ca = caFile === undefined ? undefined : await read('broker.caFile', caFile);
  const privateKey = attempt(`broker.keyFile ${keyFile}`, () => createPrivateKey(key));
  const certificate = attempt(`broker.certFile ${certFile}`, () => new X509Certificate(cert));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw invalid(`the key in ${keyFile} does not belong to the certificate in ${certFile}`);
  }
  if (ca !== undefined) attempt(`broker.caFile ${caFile}`, () => new X509Certificate(ca));
  const tls = { cert, key, ...(ca !== undefined && { ca }) };
  attempt(`broker.certFile ${certFile}`, () => createSecureContext(tls));
  return tls;
}

/** When the certificate ends, in ms since the epoch. */
export function endOf({ cert }: ServerTls): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

async function read(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw invalid(`${setting} ${path}: ${messageOf(error)}`, error);
  }
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw invalid(`${what}: ${messageOf(error)}`, error);
  }
}

function invalid(message: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('broker-tls-invalid', message, { cause });
}
