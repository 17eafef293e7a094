import { describe, expect, it } from 'vitest';
import { randomScene } from '../../scripts/scenes/random-scene.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { client, hasMosquitto, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, startBoard, statusOf } from './support.ts';

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
  });
});
