/** A small RTSP server (RFC 2326) for tests: plays a generated picture to each client over its TCP connection. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { atEnd } from '../support/at-end.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

export interface RtspServer {
  readonly url: string;
  /** Stops sending packets, but keeps the connections. */
  freeze(): void;
}

/** @param authorization the header's value to insist on; none when absent. */
export async function rtspServer(authorization?: string): Promise<RtspServer> {
  const rtp = createSocket('udp4');
  rtp.bind(0, '127.0.0.1');
  await once(rtp, 'listening');
  const sdpPath = join(await temporaryFolder(), 'stream.sdp');
  const encoder = encode(rtp.address().port, sdpPath);
  // The description names the encoder's own port; here packets travel inside the RTSP connection.
  const sdp = await until(async () => {
    const text = await readFile(sdpPath, 'utf8').catch(() => '');
    return text.includes('a=rtpmap') ? text : undefined;
  });
  const description = sdp
    .replace(/^SDP:\s*/, '')
    .replace(/m=video \d+/, 'm=video 0')
    .replace(/\s*$/, '\r\na=control:track1\r\n');

  const playing = new Set<Socket>();
  rtp.on('message', packet => {
    const head = Buffer.from([0x24, 0, packet.length >> 8, packet.length & 0xff]);
    for (const socket of playing) socket.write(Buffer.concat([head, packet]));
  });

  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      playing.delete(socket);
      sockets.delete(socket);
    });
    let text = '';
    socket.on('data', data => {
      text += data.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        answer(socket, text.slice(0, end));
        text = text.slice(end + 4);
      }
    });
  });
  const answer = (socket: Socket, request: string) => {
    const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0';
    const reply = (status: string, headers = '', body = '') =>
      socket.write(
        `RTSP/1.0 ${status}\r\nCSeq: ${sequence}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
      );
    const method = request.split(' ', 1)[0];
    if (authorization !== undefined && !request.includes(`Authorization: ${authorization}`)) {
      reply('401 Unauthorized', 'WWW-Authenticate: Basic realm="camera"\r\n');
    } else if (method === 'DESCRIBE') reply('200 OK', 'Content-Type: application/sdp\r\n', description);
    else if (method === 'SETUP') {
      reply('200 OK', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n');
    } else if (method === 'PLAY') {
      reply('200 OK', 'Session: 1\r\n');
      playing.add(socket);
    } else reply('200 OK', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n');
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    encoder.kill('SIGKILL');
    rtp.close();
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `rtsp://127.0.0.1:${address.port}/live`, freeze: () => encoder.kill('SIGSTOP') };
}

function encode(port: number, sdpPath: string): ChildProcess {
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10'];
  const encoder = [
    '-c:v',
    'mpeg4',
    '-g',
    '5',
    '-f',
    'rtp',
    '-sdp_file',
    sdpPath,
    `rtp://127.0.0.1:${port}?pkt_size=1200`,
  ];
  return spawn('ffmpeg', ['-v', 'error', '-nostdin', '-re', ...picture, ...encoder], { stdio: 'ignore' });
}
