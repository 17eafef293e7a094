import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import getPort from 'get-port';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { FrameSource } from '../../src/capture/source.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { atEnd } from '../support/at-end.ts';
import { until } from '../support/until.ts';
import { ffmpeg, installed, video } from './ffmpeg-fixtures.ts';
import { failure, never } from './fixtures.ts';
import { rtspServer } from './rtsp-server.ts';

async function grabUntilItWorks(source: FrameSource) {
  return until(() => source.grab(AbortSignal.timeout(60_000)).catch(() => undefined));
}

describe.skipIf(!installed).concurrent('with the real ffmpeg (skipped where it is not installed)', () => {
  test('a stream over HTTP: unreachable until it is served, then pictures, then an error when it is over', async () => {
    const port = await getPort();
    const url = `http://127.0.0.1:${port}/live.mkv`;
    const source = ffmpeg({ input: url });
    await failure('camera-unreachable', source.grab(never));
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10'];
    const server = spawn(
      'ffmpeg',
      ['-v', 'error', '-nostdin', '-re', ...picture, '-c:v', 'mpeg4', '-f', 'matroska', '-listen', '1', url],
      { stdio: 'ignore' },
    );
    atEnd(() => {
      server.kill('SIGKILL');
    });
    const { bytes, origin } = await grabUntilItWorks(source);
    expect(origin).toBe(url);
    expect((await sharp(bytes).metadata()).width).toBe(160);
    server.kill('SIGKILL');
    const play = async () => {
      for (;;) await source.grab(AbortSignal.timeout(60_000));
    };
    const end = await play().catch((error: unknown) => error);
    expect(end).toMatchObject({ code: expect.stringMatching(/^camera-/) });
  });

  test('RTSP with a password: pictures, a stall, and no password in any message', async () => {
    const { url, freeze } = await rtspServer(`Basic ${Buffer.from('viewer:se/cr@t').toString('base64')}`);
    const guest = ffmpeg({ input: url });
    await failure('camera-unauthorized', guest.grab(never));
    const source = ffmpeg({ input: url, username: 'viewer', password: 'se/cr@t' });
    const { bytes, origin } = await source.grab(AbortSignal.timeout(60_000));
    expect(origin).toBe(url);
    expect((await sharp(bytes).metadata()).width).toBe(160);
    freeze();
    const stalled = async () => {
      for (;;) await source.grab(AbortSignal.timeout(600));
    };
    await expect(stalled()).rejects.toThrow(/timeout/i);
  });

  test('a playlist from the network cannot read a local file', async () => {
    const local = await video();
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/vnd.apple.mpegurl');
      response.end(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://${local}\n#EXT-X-ENDLIST\n`);
    });
    const port = await getPort();
    server.listen(port, '127.0.0.1');
    atEnd(() => {
      server.close();
    });
    const source = ffmpeg({ input: `http://viewer:hunter2@127.0.0.1:${port}/live.m3u8` });
    const error = await source.grab(AbortSignal.timeout(60_000)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SurfwatchError);
    expect(String(error)).not.toContain('hunter2');
  });
});
