/**
 * Without the hardware: a program of the same name stands in for rpicam-vid. It writes real JPEGs, and fails with the
 * words that rpicam-apps, libcamera and boost::program_options have for it.
 */

import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { RpicamOptions } from '../../src/capture/options.ts';
import { RpicamSource } from '../../src/capture/rpicam.ts';
import { rpicamArguments } from '../../src/capture/rpicam-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { alive, failure, fakeProgram, jpeg, never, setPath } from './fixtures.ts';
import { RPICAM } from './rpicam-fixtures.ts';
import { parseRpicam } from './rpicam-help.ts';

function rpicam(options: Partial<RpicamOptions> = {}): RpicamSource {
  const source = new RpicamSource({ ...RPICAM, ...options }, { clock: systemClock });
  onTestFinished(() => source.close());
  return source;
}

const STARTUP = `echo "[0:01:02.376] [2746]  INFO Camera camera_manager.cpp:326 libcamera v0.5.0" >&2
echo "[0:01:02.376] [2747]  INFO RPI vc4.cpp:390 Using tuning file /usr/share/libcamera/ipa/rpi/vc4/imx219.json" >&2
echo "Mode selection for 1920:1080:12:P" >&2`;

/** A stand-in that says what libcamera says at its start, and then does what the script says, with two pictures beside it. */
async function pretend(script: string, name = 'rpicam-vid'): Promise<string> {
  const folder = await fakeProgram(
    name,
    `here=$(dirname "$0")\necho $$ > "$here/pid"\n${STARTUP}\n${script}`,
  );
  await writeFile(join(folder, 'a.jpg'), await jpeg(10));
  await writeFile(join(folder, 'b.jpg'), await jpeg(200));
  return folder;
}

const pidIn = async (folder: string) =>
  Number(await until(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')));

const BOTH = 'while :; do cat "$here/a.jpg"; sleep 0.02; cat "$here/b.jpg"; sleep 0.02; done';

describe('pictures', () => {
  test('come one after the other out of one program, the newest first, and it is ended with all it started', async () => {
    const folder = await pretend(`sleep 600 & echo $! > "$here/grandchild"\n${BOTH}`);
    const source = rpicam();
    const first = await source.grab(never);
    expect(first.origin).toBe('rpicam:0');
    expect(await sharp(first.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 64 });
    const pid = await pidIn(folder);
    await until(() => source.dropped > 3);
    expect((await source.grab(never)).bytes.length).toBeGreaterThan(0);
    expect(await pidIn(folder)).toBe(pid);
    await source.close();
    expect(alive(pid)).toBe(false);
    const grandchild = Number(await readFile(join(folder, 'grandchild'), 'utf8'));
    await until(() => !alive(grandchild));
  });

  test('of the older program where the newer is not installed', async () => {
    const folder = await pretend(BOTH, 'libcamera-vid');
    setPath(`${folder}:/usr/bin:/bin`);
    await rpicam().grab(never);
  });

  test('neither is installed', async () => {
    setPath('/nonexistent');
    const source = rpicam();
    for (let time = 0; time < 2; time++) {
      const { remedy } = await failure('camera-program-missing', source.grab(never));
      expect(remedy).toContain('apt install rpicam-apps-lite');
    }
  });

  test('a picture cut short is skipped, and garbage and log lines between two', async () => {
    await pretend('head -c 200 "$here/a.jpg"; echo "Recording started"; cat "$here/b.jpg"; sleep 600');
    expect((await rpicam().grab(never)).bytes).toEqual(await jpeg(200));
  });

  test('sizes may change midway', async () => {
    const folder = await pretend('cat "$here/a.jpg"; sleep 0.3; cat "$here/big.jpg"; sleep 600');
    const big = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#345' } })
      .jpeg()
      .toBuffer();
    await writeFile(join(folder, 'big.jpg'), big);
    const source = rpicam();
    const widths: (number | undefined)[] = [];
    for (let picture = 0; picture < 2; picture++) {
      widths.push((await sharp((await source.grab(never)).bytes).metadata()).width);
    }
    expect(widths).toEqual([64, 640]);
  });
});

describe('a program that misbehaves', () => {
  test.each([
    ['echo "ERROR: *** no cameras available ***" >&2; exit 255', 'camera-missing', 'no cameras'],
    ['echo "ERROR: *** selected camera is not available ***" >&2; exit 255', 'camera-missing', 'selected'],
    [
      'echo "[3:1] INFO Camera camera.cpp:839 Pipeline handler in use by another process" >&2; echo "ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/ov5647@36 ***" >&2; exit 255',
      'camera-busy',
      'in use by another process',
    ],
    [
      'echo "ERROR V4L2 v4l2_videodevice.cpp:1047 /dev/video0[13:cap]: Unable to set format: Device or resource busy" >&2; exit 255',
      'camera-busy',
      'busy',
    ],
    [
      'echo "Could not open any dmaHeap device: Permission denied" >&2; exit 255',
      'camera-forbidden',
      'denied',
    ],
    [
      'echo "ERROR: *** unrecognised option \'--hdr=sensor\' ***" >&2; exit 255',
      'camera-option-refused',
      '--hdr',
    ],
    ['echo "ERROR: *** Invalid exposure mode:long ***" >&2; exit 255', 'camera-option-refused', 'long'],
    [
      'echo "dmaHeap allocation failure for rpicam-apps2" >&2; echo "ERROR: *** failed to allocate capture buffers for stream ***" >&2; exit 255',
      'camera-failed',
      'capture buffers',
    ],
    ['exit 0', 'camera-failed', 'ended with 0'],
    ['kill -SEGV $$', 'camera-failed', 'SIGSEGV'],
    ['cat "$here/a.jpg" | head -c 200; exit 1', 'camera-failed', 'ended with 1'],
  ])('%s', async (script, code, message) => {
    await pretend(script);
    const source = rpicam();
    expect((await failure(code, source.grab(never))).message).toContain(message);
    await failure(code, source.grab(never));
  });

  test('hangs, deaf to SIGTERM: the grab ends on abort, the group is killed, and the next one works', async () => {
    const hung = await pretend('trap "" TERM\ncat "$here/a.jpg"\nsleep 600 & wait\nsleep 600');
    const source = rpicam();
    await source.grab(never);
    await expect(source.grab(AbortSignal.timeout(200))).rejects.toThrow(/timeout/i);
    await pretend(BOTH);
    await source.grab(never);
    expect(alive(await pidIn(hung))).toBe(false);
  });

  test('endless garbage keeps nothing', async () => {
    await pretend('exec cat /dev/zero');
    const source = rpicam();
    const before = process.memoryUsage().arrayBuffers;
    await expect(source.grab(AbortSignal.timeout(500))).rejects.toThrow(/timeout/i);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('a file of its name that is no program', async () => {
    const folder = await pretend('');
    await chmod(join(folder, 'rpicam-vid'), 0o644);
    setPath(folder);
    await failure('camera-failed', rpicam().grab(never));
    await rename(join(folder, 'rpicam-vid'), join(await temporaryFolder(), 'x'));
    await failure('camera-program-missing', rpicam().grab(never));
  });

  test('its advice says what to look at', async () => {
    expect(await rpicam().advice()).toMatch(/ribbon cable.*--list-cameras/);
  });
});

describe('options', () => {
  const line = (options: Partial<RpicamOptions>) => rpicamArguments({ ...RPICAM, ...options });

  test('at their defaults, only what any version of the program knows', () => {
    expect(line({}).join(' ')).toBe(
      '--nopreview --timeout 0 --codec mjpeg --flush --camera 0 --width 320 --height 240 --framerate 10 --quality 90 --output -',
    );
  });

  const ALL = [
    ...['--rotation=180', '--hflip', '--vflip', '--roi=0.25,0.5,0.5,0.5', '--mode=2304:1296:10:P'],
    ...['--exposure=sport', '--shutter=1000', '--gain=1.5', '--ev=-0.5', '--metering=average'],
    ...['--awb=daylight', '--hdr=single-exp', '--denoise=cdn_hq', '--brightness=-0.1', '--contrast=1.1'],
    ...['--saturation=0.9', '--sharpness=2', '--autofocus-mode=manual', '--lens-position=0.5'],
    '--tuning-file=/usr/share/libcamera/ipa/rpi/vc4/imx477.json',
  ];

  test('all of them are understood by the program, with the values they have', () => {
    new RpicamSource({ ...RPICAM, args: ALL }, { clock: systemClock });
    const args = line({ camera: 1, width: 1280, height: 720, fps: 2.5, args: ALL });
    expect(parseRpicam(args)).toEqual({
      ...{ nopreview: true, timeout: '0', codec: 'mjpeg', flush: true, camera: 1, width: 1280, height: 720 },
      ...{ framerate: 2.5, quality: 90, rotation: 180, hflip: true, vflip: true, roi: '0.25,0.5,0.5,0.5' },
      ...{ mode: '2304:1296:10:P', exposure: 'sport', shutter: '1000', gain: 1.5, ev: -0.5 },
      ...{ metering: 'average', awb: 'daylight', hdr: 'single-exp', denoise: 'cdn_hq', brightness: -0.1 },
      ...{ contrast: 1.1, saturation: 0.9, sharpness: 2, 'autofocus-mode': 'manual', 'lens-position': '0.5' },
      ...{ 'tuning-file': '/usr/share/libcamera/ipa/rpi/vc4/imx477.json', output: '-' },
    });
  });

  test.each([
    ...['--output=/etc/passwd', '--output', '--codec=h264', '--post-process-file=/a', '-o', 'x', ''],
    ...['--constructor=1', '--rotation 180', '--rotation', '--rotation=90', '--hflip=1'],
    ...['--roi=0,0,1', '--roi=0,0,1,1,1', '--roi=0.5,0,0.6,1', '--roi=0,0,0,1', '--roi=-1,0,1,1'],
    ...['--roi=0,0,1e9,1', '--mode=1920', '--mode=1920:1080:12:X', '--exposure=night', '--shutter=-1'],
    ...['--gain=65', '--ev=11', '--ev=1e1', '--metering=custom', '--awb=greyworld', '--hdr=on', '--denoise='],
    ...['--brightness=1.1', '--contrast=-1', '--saturation=16', '--sharpness=Infinity'],
    ...['--autofocus-mode=macro', '--lens-position=33', '--tuning-file=imx477.json', '--tuning-file=/a\nb'],
  ])('refused: %j', arg => {
    expect(() => new RpicamSource({ ...RPICAM, args: ['--hflip', arg] }, { clock: systemClock })).toThrow(
      expect.objectContaining({
        code: 'camera-option-refused',
        message: expect.stringContaining('camera.rpicam.args:'),
      }),
    );
  });
});
