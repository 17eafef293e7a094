import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { randomScene } from '../../src/simulator/random-scene.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { client, hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { memoryGroup } from '../support/memory-group.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, labelOne, setAside, startBoard, statusOf } from './support.ts';

const NO_GROUP = 'no control group for memory can be made here';
const PATIENT = { timeoutMs: 120_000 };
const UNIT = readFileSync(join(PACKAGE_ROOT, 'systemd/surfwatch.service'), 'utf8');

describe.skipIf(!hasMosquitto)('little memory', () => {
  it('lives with 96 MB of heap while strangers flood it with pictures, commands and garbage', async () => {
    const broker = await mosquitto(['allow_anonymous true', 'max_packet_size 20000000']);
    const board = await startBoard({
      url: broker.url,
      stateDir: await temporaryFolder(),
      node: ['--max-old-space-size=96'],
    });
    await board.framesGoOn('before the flood');
    const flood = await client(broker.url);
    const renderer = createRenderer();
    for (let round = 0; round < 60; round++) {
      const scene = randomScene(round, { activities: ['surfing'], width: 1280, height: 720 });
      const picture = round % 10 === 0 ? await renderer.jpeg(scene) : Buffer.alloc(2_000_000, round);
      await flood.mqtt.publishAsync('surf/label/image/surfing', picture, { qos: 1 });
      for (let count = 0; count < 20; count++) {
        await flood.mqtt.publishAsync('surf/command/status', '', { qos: 0 });
        await flood.mqtt.publishAsync('surf/command', `{"command":"${'x'.repeat(1000 * count)}"`, { qos: 0 });
      }
    }
    await board.framesGoOn('after the flood');
    await statusOf(await asking(broker.url));
    expect(await board.kill('SIGTERM')).toBe(0);
  }, 150_000);
});

describe('a control group with a limit of memory', () => {
  it('as the unit sets it is enough for full frames, a retraining and the largest pictures to label', async context => {
    const limitMB = Number(/^MemoryMax=(\d+)M$/m.exec(UNIT)?.[1]);
    const group = memoryGroup(limitMB);
    if (group === null) return context.skip(NO_GROUP);
    const board = await startBoard({
      stateDir: await temporaryFolder(),
      group: group.folder,
      env: { MALLOC_ARENA_MAX: '2' },
      set: [
        'camera.simulator.width=1920',
        'camera.simulator.height=1080',
        'camera.interval=1s',
        'vision.detail=auto',
      ],
    });
    const heard = await listener(board.url);
    await board.until(() => (heard.last('surf/activity') ?? '').includes('"frame":"'), 'a frame');
    const requester = await asking(board.url);
    await labelOne(requester, heard);
    await requester.request('retrain', { epochs: 3 }, PATIENT);
    // As many pixels as are accepted of a picture that has to be held as a whole.
    for (const width of [6_600, 6_592]) {
      const photo = sharp(join(PACKAGE_ROOT, 'config/demo-footage/frame_0096.jpg'));
      const large = photo.resize(width, 3_712, { fit: 'fill' }).jpeg({ progressive: true });
      await requester.publishImage(['surfing'], await large.toBuffer(), PATIENT);
    }
    await board.framesGoOn('with all of that');
    const [, resident] =
      /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${board.child.pid}/status`, 'utf8')) ?? [];
    const peakMB = Math.round(Number(resident) / 1e3);
    console.log({ limitMB, peakMB, withFilesMB: group.peakMB() });
    expect(peakMB).toBeLessThan(0.75 * limitMB);
    expect(await board.kill('SIGTERM')).toBe(0);
  }, 300_000);

  it('that is far too low ends it, and nothing that was kept is damaged', async context => {
    const group = memoryGroup(130);
    if (group === null) return context.skip(NO_GROUP);
    const stateDir = await temporaryFolder();
    const first = await startBoard({ stateDir });
    const heard = await listener(first.url);
    await first.until(() => (heard.last('surf/activity') ?? '').includes('"frame":"'), 'a frame');
    const frame = await labelOne(await asking(first.url), heard);
    expect(await first.kill('SIGTERM')).toBe(0);
    const starved = await startBoard({ stateDir, group: group.folder, set: ['vision.detail=2'] });
    expect(await starved.ended()).toBe('SIGKILL');
    const next = await startBoard({ stateDir });
    await next.framesGoOn('after it was ended by the kernel');
    expect(await (await asking(next.url)).request('explain', { frame })).toMatchObject({
      labels: ['surfing'],
    });
    expect(setAside(stateDir)).toEqual([]);
    expect(await next.kill('SIGTERM')).toBe(0);
  }, 300_000);
});
