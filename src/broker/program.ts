/** The program of the embedded broker: started by `process.ts`, and ends with the process that started it. */

import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { type BrokerSetup, createBroker } from './broker.ts';

/** What the program is started with, as JSON in its one argument. */
export interface BrokerJob extends Pick<BrokerSetup, 'bases' | 'taken' | 'pictures'> {
  /** 0: any free one. */
  readonly port: number;
}

/** What it tells. */
export type BrokerNews =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'refused'; readonly what: string; readonly about: object };

/** The first of the daemon's own connections, one for each of `bases`: after stdin, stdout, stderr and the channel. */
const OWN_FD = 4;
const STOP_TIMEOUT_MS = 1_000;
/** Each kind of refusal is told so often at most. */
const TELL_EVERY_MS = 60_000;

const tell = (news: BrokerNews) => void process.send?.(news);

async function run({ port, ...rules }: BrokerJob): Promise<void> {
  const told = new Map<string, number>();
  const onRefused = (what: string, about: object) => {
    const now = performance.now();
    if (now - (told.get(what) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    told.set(what, now);
    tell({ kind: 'refused', what, about });
  };
  const broker = await createBroker({ ...rules, onRefused });
  rules.bases.forEach((_, index) => {
    broker.takeOwn(new Socket({ fd: OWN_FD + index }));
  });
  const server = createServer({ noDelay: true }, socket => broker.take(socket));
  const taken = await listen(server, port);
  server.on('error', error => onRefused(error.message, {}));
  tell({ kind: 'listening', port: taken });
  // A signal to the whole process group is the daemon's to deal with.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => {
    server.close();
    setTimeout(() => process.exit(), STOP_TIMEOUT_MS);
    void broker.close().then(() => process.exit());
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

run(JSON.parse(process.argv[2] ?? '{}')).catch((error: NodeJS.ErrnoException) => {
  tell({ kind: 'failed', code: error.code ?? '', message: error.message });
  process.disconnect();
});
