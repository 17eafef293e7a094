/** Stands: a source, and what stands at its other end and can be told to misbehave. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Clock } from '../../../src/base/clock.ts';
import { DirectorySource } from '../../../src/capture/directory.ts';
import { HttpSource } from '../../../src/capture/http.ts';
import { RpicamSource } from '../../../src/capture/rpicam.ts';
import type { CameraKind, FrameSource } from '../../../src/capture/source.ts';
import { WebcamSource } from '../../../src/capture/webcam.ts';
import { atEnd } from '../../support/at-end.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ffmpeg, QUIET } from '../ffmpeg-fixtures.ts';
import { fakeProgram, jpeg } from '../fixtures.ts';
import { RPICAM } from '../rpicam-fixtures.ts';

export interface Stand {
  readonly source: FrameSource;
  /** Plays a scene from now on; the good one when undefined. */
  play(scene?: string): Promise<void>;
  /** How often the other end was asked: programs started, requests made. */
  asked(): Promise<number>;
  /** A word in the environment of each process it has started. */
  readonly mark: string;
}

const big = () =>
  sharp({ create: { width: 640, height: 480, channels: 3, background: '#345' } })
    .jpeg()
    .toBuffer();

/** Before each scene, `prelude`; it is read anew at each turn of `loop`, so that it changes midway. */
async function program(name: string, body: string, good: string) {
  const folder = await fakeProgram(name, `here=$(dirname "$0")\necho >> "$here/starts"\n${body}`);
  await writeFile(join(folder, 'good.jpg'), await jpeg(90));
  await writeFile(join(folder, 'big.jpg'), await big());
  const play = async (scene = good) => {
    await writeFile(join(folder, 'next'), `${scene}\n`);
    await rename(join(folder, 'next'), join(folder, 'scene'));
  };
  await play();
  const asked = async () => (await readFile(join(folder, 'starts'), 'utf8').catch(() => '')).length;
  return { play, asked, mark: folder };
}

const streaming = (name: string) =>
  program(name, 'while :; do . "$here/scene"; done', 'cat "$here/good.jpg"; sleep 0.02');

async function rpicamStand(clock: Clock): Promise<Stand> {
  const stand = await streaming('rpicam-vid');
  return { ...stand, source: new RpicamSource(RPICAM, { clock }) };
}

async function ffmpegStand(clock: Clock): Promise<Stand> {
  const stand = await streaming('ffmpeg');
  const options = { input: 'rtsp://cam/live', username: 'u', password: 'p' };
  return { ...stand, source: ffmpeg(options, clock, QUIET) };
}

async function webcamStand(): Promise<Stand> {
  const stand = await program(
    'fswebcam',
    'for last; do :; done\n. "$here/scene"',
    'cp "$here/good.jpg" "$last"',
  );
  const options = {
    device: '/dev/video0',
    width: 64,
    height: 48,
    skipFrames: 0,
  };
  const source = new WebcamSource(options, { scratchDir: await temporaryFolder() });
  return { ...stand, source };
}

async function httpStand(): Promise<Stand> {
  let scene: string | undefined;
  let requests = 0;
  const [good, large] = [await jpeg(90), await big()];
  const server = createServer((_, response) => {
    requests += 1;
    response.on('error', () => {});
    SCENES[scene ?? 'good']?.(response);
  });
  const send = (response: ServerResponse, body: Buffer) =>
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(body);
  const forEver = (response: ServerResponse, chunk: Buffer, everyMs: number) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    const timer = setInterval(() => response.writableNeedDrain || response.write(chunk), everyMs);
    response.on('close', () => clearInterval(timer));
  };
  const SCENES: Readonly<Record<string, (response: ServerResponse) => void>> = {
    good: response => send(response, good),
    big: response => send(response, large),
    hangs: () => {},
    garbage: response => send(response, Buffer.alloc(5000, 'x')),
    disconnect: response => response.destroy(),
    drip: response => forEver(response, good.subarray(0, 1), 10),
    gigantic: response => forEver(response, Buffer.alloc(1_000_000), 0),
    empty: response => send(response, Buffer.alloc(0)),
    redirect: response => response.writeHead(302, { location: '/' }).end(),
    login: response => response.writeHead(401, { 'www-authenticate': 'Digest realm="x", nonce="n"' }).end(),
    dns: response => response.writeHead(302, { location: 'http://camera.invalid/' }).end(),
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  return {
    source: new HttpSource({ url, username: 'viewer', password: 'old', allowSelfSigned: false }),
    play: async next => {
      scene = next;
    },
    asked: async () => requests,
    mark: 'no process of this name',
  };
}

async function directoryStand(clock: Clock): Promise<Stand> {
  const path = join(await temporaryFolder(), 'pictures');
  const file = join(path, 'a.jpg');
  const [good, large] = [await jpeg(90), await big()];
  const SCENES: Readonly<Record<string, () => Promise<unknown> | unknown>> = {
    good: () => writeFile(file, good),
    big: () => writeFile(file, large),
    pipe: () => execFileSync('mkfifo', [file]),
    garbage: () => writeFile(file, 'x'.repeat(5000)),
    vanish: () => rm(path, { recursive: true }),
    gigantic: async () => {
      await writeFile(file, good);
      await truncate(file, 150 * 2 ** 20);
    },
    empty: () => writeFile(file, ''),
    'link-loop': () => symlink(file, file),
  };
  const play = async (scene = 'good') => {
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
    await SCENES[scene]?.();
  };
  await play();
  await chmod(path, 0o755);
  const source = new DirectorySource({ path, loop: true, watch: false }, { clock, log: QUIET });
  return { source, play, asked: async () => 0, mark: 'no process of this name' };
}

export const STANDS: Readonly<Partial<Record<CameraKind, (clock: Clock) => Promise<Stand>>>> = {
  rpicam: rpicamStand,
  ffmpeg: ffmpegStand,
  webcam: webcamStand,
  http: httpStand,
  directory: directoryStand,
};
