import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createBeachReader, type ReadFrame } from '../../src/activity/beach-reader.ts';
import { NOTHING_OBSERVED, observe } from '../../src/activity/observe.ts';
import { PACKAGE_ROOT, SHIPPED_MODELS } from '../../src/base/paths.ts';
import { defaultSettings } from '../../src/config/load.ts';
import { fixedDetail } from '../../src/vision/cells/detail.ts';
import { cornersOf } from '../../src/vision/zone.ts';
import { NewestFrame } from '../../src/web/newest-frame.ts';

it('shows riders in zones that are tried where nobody is watched yet, and reads the frame anew once', async () => {
  const models = { dir: SHIPPED_MODELS, backbone: 'surfwatch-mobilenetv2-v3', head: 'current' };
  const reader = await createBeachReader(
    models,
    { engine: 'onnx', threads: 1 },
    fixedDetail({ detail: 0.75 }),
  );
  const bytes = await readFile(join(PACKAGE_ROOT, 'config', 'demo-footage', 'frame_0088.jpg'));
  let reads = 0;
  const newest = new NewestFrame({
    readWhole: picture => {
      reads++;
      return reader.read(picture, [], { points: [] });
    },
  });
  const frame = { id: 'a', bytes, takenAt: 0, origin: '' };
  const corner = { name: 'corner', points: cornersOf({ x: 0, y: 0, w: 0.1, h: 0.1 }) };
  const { gates } = defaultSettings();
  const observed = await observe(frame, 0, NOTHING_OBSERVED, {
    reader,
    zones: [corner],
    gates,
    newId: () => 'rider',
  });
  const read = observed.read as ReadFrame;
  newest.take({ frame, observed: { ...observed, read } });
  const { manifest } = reader.head;
  const tried = [{ name: 'water', x: 0, y: 0.8, w: 1, h: 0.2 }];
  const ask = () => newest.sightsIn(tried, manifest, manifest.thresholds);
  const [[first], [again]] = await Promise.all([ask(), ask()]);
  await reader.close();
  expect(first).toMatchObject({ name: 'water', activity: 'surfing' });
  expect(first?.count.surfing).toBeGreaterThan(2);
  expect(again).toEqual(first);
  expect(reads).toBe(1);
});
