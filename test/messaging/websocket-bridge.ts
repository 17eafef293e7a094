/** WebSocket before a broker: Debian's Mosquitto cannot listen to it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';

/**
 * @param tls files of a certificate; without them the connection is not encrypted
 * @returns the address, with the only path that is served, and the names that clients asked for by SNI
 */
export async function webSocketBridge(
  port: number,
  path: string,
  tls?: { readonly cert: string; readonly key: string },
): Promise<{ readonly url: string; readonly askedFor: (string | undefined)[] }> {
  const askedFor: (string | undefined)[] = [];
  const server =
    tls === undefined
      ? createServer()
      : createTlsServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) });
  server.on('secureConnection', socket => askedFor.push(socket.servername || undefined));
  const webSockets = new WebSocketServer({ server, path });
  webSockets.on('connection', socket => {
    const stream = createWebSocketStream(socket);
    const upstream = connect(port, '127.0.0.1');
    for (const end of [stream, upstream]) end.on('error', () => undefined);
    stream.pipe(upstream).pipe(stream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of webSockets.clients) socket.terminate();
    server.close();
  });
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return { url: `${tls === undefined ? 'ws' : 'wss'}://localhost:${own}${path}`, askedFor };
}
