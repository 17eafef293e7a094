import { execFileSync, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ffmpegCommand } from '../../src/capture/ffmpeg-command.ts';
import { atEnd } from '../support/at-end.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ffmpeg, installed, OPTIONS } from './ffmpeg-fixtures.ts';
import { failure, never } from './fixtures.ts';
import { rtspServer } from './rtsp-server.ts';

const PASSWORD = "hun'ter 2/@:%";

/** What any user of the computer sees of the processes this one has started. */
async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir('/proc')) {
    const about = (file: string) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '');
    const parent = Number(/\) \S (\d+)/.exec(await about('stat'))?.[1]);
    if (parent === process.pid)
      lines.push(decodeURIComponent((await about('cmdline')).replaceAll('\0', ' ')));
  }
  return lines;
}

async function expectHidden(...secrets: string[]): Promise<void> {
  const seen = (await commandLines()).filter(line => line.startsWith('ffmpeg '));
  expect(seen.some(line => line.includes('-f concat'))).toBe(true);
  for (const secret of secrets) expect(seen.join('\n')).not.toContain(secret);
}

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Sends an endless live stream. */
function play(response: ServerResponse): void {
  const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10'];
  const child = spawn(
    'ffmpeg',
    ['-v', 'error', '-nostdin', ...picture, '-c:v', 'mpeg2video', '-f', 'mpegts', 'pipe:1'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  child.stdout.pipe(response);
  atEnd(() => {
    child.kill('SIGKILL');
  });
}

const widthOf = async (bytes: Buffer) => (await sharp(bytes).metadata()).width;

describe.skipIf(!installed).concurrent('a password is in no process list (skipped without ffmpeg)', () => {
  test('RTSP', async () => {
    const { url } = await rtspServer(`Basic ${Buffer.from(`viewer:${PASSWORD}`).toString('base64')}`);
    const source = ffmpeg({ input: url, username: 'viewer', password: PASSWORD });
    expect(await widthOf((await source.grab(never)).bytes)).toBe(160);
    await expectHidden('viewer', PASSWORD, "hun'ter");
    await source.close();
  });

  test('HTTP: in the header, and a token in the query; refused when wrong, and then not told either', async () => {
    const expected = `Basic ${Buffer.from(`viewer:${PASSWORD}`).toString('base64')}`;
    const host = await serve((request, response) => {
      if (request.headers.authorization === expected && request.url === '/live.ts?token=t0p-s3cret') {
        play(response);
      } else response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
    });
    const input = `http://${host}/live.ts?token=t0p-s3cret`;
    const source = ffmpeg({ input, username: 'viewer', password: PASSWORD });
    expect(await widthOf((await source.grab(never)).bytes)).toBe(160);
    await expectHidden('viewer', PASSWORD, 't0p-s3cret');
    await source.close();
    const wrong = ffmpeg({ input, username: 'viewer', password: "b'ad" });
    const { message } = await failure('camera-unauthorized', wrong.grab(never));
    expect(message).not.toMatch(/b'ad|t0p-s3cret/);
  });

  test('HLS, its segments read through the playlist', async () => {
    const folder = await temporaryFolder();
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10:duration=4'];
    const hls = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', join(folder, 'live.m3u8')];
    execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...picture, '-c:v', 'mpeg2video', ...hls]);
    const host = await serve((request, response) => {
      createReadStream(join(folder, new URL(request.url ?? '', 'http://x').pathname)).pipe(response);
    });
    const source = ffmpeg({ input: `http://${host}/live.m3u8?key=t0p-s3cret` });
    expect(await widthOf((await source.grab(never)).bytes)).toBe(160);
    await source.close();
  });
});

describe('only what has something to hide goes another way', () => {
  const command = (input: string) => ffmpegCommand({ ...OPTIONS, input });

  test('a plain URL stays an argument', () => {
    expect(command('rtsp://cam/live')).not.toHaveProperty('input');
    expect(command('rtsp://cam/live').args).toContain('rtsp://cam/live');
  });

  test.each(['rtsp://a:b@cam/live', 'http://cam/live?pwd=b', 'rtsp://cam/l?channel=1&subtype=0'])(
    '%s',
    input => {
      const { args, input: script } = command(input);
      expect(args.join(' ')).not.toContain('cam');
      expect(script).toContain(`file '${input}'\noption protocol_whitelist `);
    },
  );

  test('what would end a quotation in the script does not', () => {
    const { input } = ffmpegCommand({ ...OPTIONS, input: "http://cam/l?x='b", username: 'u', password: 'p' });
    expect(input).toContain("file 'http://u:p@cam/l?x=%27b'");
    expect(command("http://cam/l?x='b").input).toContain(String.raw`file 'http://cam/l?x='\''b'`);
  });
});
