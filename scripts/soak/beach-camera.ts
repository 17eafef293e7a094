/** A network camera over a beach that changes its guests by the hour, and that fails as cameras do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScriptedActivity } from '../../src/simulator/options.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import type { Size } from '../../src/vision/cells/pyramid.ts';
import { randomScene } from '../scenes/random-scene.ts';

const HOUR_MS = 3_600_000;
/** Pictures of each kind, drawn once: the way of a frame is under test, not the drawing. */
const EACH = 12;

const GUESTS: readonly ScriptedActivity[][] = [[], ['surfing'], ['windsurfing'], ['kitesurfing']];
/** What is wrong in the hours named, of each day. */
const FAULTS = { 3: 'hangs', 5: 'error', 11: 'garbage', 17: 'drops' } as const;

export interface BeachCamera {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface BeachCameraSetup {
  /** Milliseconds of the board's clock since its start. */
  readonly nowMs: () => number;
  /** Of its pictures, in pixels. Default 640 × 360. */
  readonly size?: Size;
  /** Default true. */
  readonly fails?: boolean;
}

export async function beachCamera({
  nowMs,
  size = { width: 640, height: 360 },
  fails = true,
}: BeachCameraSetup): Promise<BeachCamera> {
  const pictures = await Promise.all(GUESTS.map(guests => drawn(guests, size)));
  let served = 0;
  const server = createServer((_request, response) => {
    const hour = Math.floor(nowMs() / HOUR_MS);
    const fault = fails ? (FAULTS as Record<number, string>)[hour % 24] : undefined;
    const kind = pictures[hour % pictures.length] ?? [];
    const picture = kind[served++ % EACH] ?? Buffer.alloc(0);
    if (fault === 'hangs') return;
    if (fault === 'drops') {
      response.destroy();
      return;
    }
    if (fault === 'error') {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.end(fault === 'garbage' ? picture.subarray(0, picture.length / 3) : picture);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/beach.jpg`, close: () => closed(server) };
}

async function drawn(activities: readonly ScriptedActivity[], size: Size): Promise<Buffer[]> {
  const renderer = createRenderer();
  const pictures: Buffer[] = [];
  for (let seed = 0; seed < EACH; seed++) {
    pictures.push(await renderer.jpeg(randomScene(seed + 1, { activities, ...size })));
  }
  return pictures;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise(resolve => server.close(() => resolve()));
}
