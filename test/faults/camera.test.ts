import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drawnBeach } from '../daemon/support.ts';
import { listener } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startBoard } from './support.ts';

type Mode = 'good' | 'larger' | keyof typeof FAULTS;

/** What each of them makes the beach: how it is seen. */
const FAULTS = {
  hangs: 'camera-lost',
  refuses: 'camera-lost',
  'breaks off': 'camera-lost',
  'sends no picture': 'camera-lost',
  'sends damaged pictures': 'unreadable',
  'is black': 'dark',
} as const;

/** A network camera that does what it is told. */
async function failingCamera() {
  const pictures = await Promise.all([15, 22, 25].map(seed => drawnBeach(seed, 'none')));
  const larger = await Promise.all(
    pictures.map(picture => sharp(picture).resize(1600, 1200, { fit: 'fill' }).jpeg().toBuffer()),
  );
  const black = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#020202' } })
    .jpeg()
    .toBuffer();
  let mode: Mode = 'good';
  let served = 0;
  const server = createServer((_request, response) => {
    const picture = (mode === 'larger' ? larger : pictures)[served++ % 3] as Buffer;
    const send = (body: Buffer | string) =>
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(body);
    if (mode === 'hangs') return;
    if (mode === 'refuses') response.writeHead(503).end();
    else if (mode === 'breaks off') response.destroy();
    else if (mode === 'sends no picture') send('<html>please log in</html>');
    else if (mode === 'sends damaged pictures') send(damaged(picture));
    else if (mode === 'is black') send(black);
    else send(picture);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const be = (next: Mode) => {
    mode = next;
  };
  return { url: `http://127.0.0.1:${port}/beach.jpg`, be };
}

/** Begins and ends as a JPEG, and is none. */
function damaged(picture: Buffer): Buffer {
  const copy = Buffer.from(picture);
  copy.fill(0xa5, 40, copy.length - 40);
  return copy;
}

describe('a camera that fails', () => {
  it('makes the beach unknown with the reason, whatever it does, and is found again', async () => {
    const camera = await failingCamera();
    const board = await startBoard({
      stateDir: await temporaryFolder(),
      set: [
        'camera.kind=http',
        `camera.http.url=${camera.url}`,
        'camera.timeout=1s',
        'camera.offlineAfter=1500ms',
        'activity.staleAfter=3s',
      ],
    });
    await board.framesGoOn('with a good camera');
    const heard = await listener(board.url);
    const activity = () => JSON.parse(heard.last('surf/activity') ?? '{}');
    const state = () => JSON.parse(heard.last('surf/state') ?? '{}');
    for (const [fault, visibility] of Object.entries(FAULTS)) {
      camera.be(fault as Mode);
      const isSeen = () => activity().activity === 'unknown' && activity().visibility === visibility;
      await board.until(isSeen, `${visibility} of a camera that ${fault}`);
      if (visibility === 'camera-lost') {
        await board.until(() => state().state === 'degraded', `degraded by a camera that ${fault}`);
        expect(state().reason, fault).toMatch(/camera-|capture-/);
        expect(heard.last('surf/camera/availability'), fault).toBe('offline');
      }
      camera.be('good');
      await board.until(() => activity().visibility === 'ok', `seen again after a camera that ${fault}`);
      expect(activity().activity, fault).not.toBe('unknown');
      await board.until(() => state().state === 'running', `running after a camera that ${fault}`);
    }
    camera.be('larger');
    await board.framesGoOn('with a picture of another size');
    await board.until(() => activity().visibility === 'ok', 'another size');
    expect(await board.kill('SIGTERM')).toBe(0);
  });
});
