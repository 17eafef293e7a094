/** A TCP proxy that does to connections what networks do. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestProxy {
  readonly url: string;
  /** Lets new connections in; without, they are ended at once. */
  open(): void;
  shut(): void;
  /** Ends all connections. */
  cut(): void;
  /** From now on nothing is passed on, in either direction, and nobody is told: connections are half open. */
  stall(): void;
  /** Ends the stalled connections and passes new ones on. */
  recover(): void;
}

/** @param answersAfterMs how long what the server says is under way */
export async function proxyTo(port: number, { answersAfterMs = 0 } = {}): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let [isOpen, isStalled] = [true, false];
  const pass = (from: Socket, to: Socket, afterMs: number) => {
    sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      if (!isStalled) to.destroy();
    });
    from.on('data', (chunk: Buffer) => {
      if (isStalled) return;
      if (afterMs === 0) to.write(chunk);
      else setTimeout(() => to.write(chunk), afterMs);
    });
  };
  const server = createServer(client => {
    if (!isOpen) return void client.destroy();
    if (isStalled) return void sockets.add(client.on('error', () => undefined));
    const upstream = connect(port, '127.0.0.1');
    pass(client, upstream, 0);
    pass(upstream, client, answersAfterMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    server.close();
    cut();
  });
  return {
    url: `mqtt://127.0.0.1:${own}`,
    open: () => {
      isOpen = true;
    },
    shut: () => {
      isOpen = false;
    },
    cut,
    stall: () => {
      isStalled = true;
    },
    recover: () => {
      isStalled = false;
      cut();
    },
  };
}
