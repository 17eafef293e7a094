/** Draws frames whose riders are known. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomScene } from '../../../scripts/scenes/random-scene.ts';
import type { ScriptedActivity } from '../../../src/simulator/options.ts';
import { createRenderer } from '../../../src/simulator/render.ts';

const SCENES: readonly (readonly ScriptedActivity[])[] = [
  ['surfing'],
  ['windsurfing'],
  [],
  ['surfing', 'windsurfing'],
];

/** Writes `<folder>/boxes.json`, `manifest.csv` and frames of several drawn cameras, one in four without riders. */
export async function drawFrames(
  folder: string,
  cameras: number,
  each: number,
  size = { width: 640, height: 360 },
): Promise<void> {
  const renderer = createRenderer();
  const boxes: Record<string, object[]> = {};
  const rows = ['file,camera'];
  await mkdir(folder, { recursive: true });
  for (let camera = 0; camera < cameras; camera++) {
    for (let index = 0; index < each; index++) {
      const activities = SCENES[index % SCENES.length] ?? [];
      // A seed draws the same beach whatever goes on there.
      const scene = randomScene(500 + camera, { activities, ...size });
      const file = `cam${camera}_${index}.jpg`;
      await writeFile(join(folder, file), await renderer.jpeg(scene));
      boxes[file] = scene.riders.flatMap(({ activity, parts }) =>
        parts.map(({ part, box }) => ({ activity, part, box: [box.x, box.y, box.w, box.h] })),
      );
      rows.push(`${file},cam${camera}`);
    }
  }
  await writeFile(join(folder, 'boxes.json'), JSON.stringify(boxes));
  await writeFile(join(folder, 'manifest.csv'), `${rows.join('\n')}\n`);
}
