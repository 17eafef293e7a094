/** Draws random beach scenes with known riders into a folder: to look at, and to train on. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { defaultSettings } from '../src/config/load.ts';
import { SCRIPT_NAMES, type ScriptedActivity, type ScriptName } from '../src/simulator/options.ts';
import { createRenderer } from '../src/simulator/render.ts';
import { type Scene, sceneAt } from '../src/simulator/scene.ts';
import { createScript } from '../src/simulator/script.ts';
import { randomScene } from './scenes/random-scene.ts';

const DEFAULTS = defaultSettings();

const SINGLE: readonly (readonly ScriptedActivity[])[] = [[], ['surfing'], ['windsurfing'], ['kitesurfing']];
const PAIRS: readonly (readonly ScriptedActivity[])[] = [
  ['surfing', 'windsurfing'],
  ['windsurfing', 'kitesurfing'],
  ['surfing', 'kitesurfing'],
];

/** One scene in five has nobody on the water, one each activity alone, one two of them. */
function activitiesOf(index: number): readonly ScriptedActivity[] {
  return SINGLE[index % 5] ?? PAIRS[Math.floor(index / 5) % PAIRS.length] ?? [];
}

function whole(low: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < low)
      throw new InvalidArgumentError(`A whole number of at least ${low}.`);
    return value;
  };
}

const program = new Command('render-scenes')
  .description(
    'Draws random beach scenes as JPEG files and writes boxes.json beside them: for each file the riders in it, each with\n' +
      'activity, posture, part (a kitesurfer has two: kite and rider) and box [x, y, width, height] as shares of the picture.',
  )
  .argument('<folder>', 'where to write; made if absent, files of the same name are replaced')
  .option('--count <n>', 'how many scenes', whole(1), 200)
  .option('--seed <n>', 'the same seed draws the same scenes', whole(0), 1)
  .addOption(
    new Option(
      '--script <name>',
      'moments of the simulated camera playing this script, not random scenes',
    ).choices(SCRIPT_NAMES),
  )
  .option('--width <pixels>', 'picture width', whole(160), 1280)
  .option('--height <pixels>', 'picture height', whole(120), 720)
  .addHelpText('after', '\nExample:\n  npx tsx scripts/render-scenes.ts /tmp/scenes --count 50 --seed 7')
  .parse();

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly script?: ScriptName;
}

const { count, seed, width, height, script } = program.opts<Options>();
const folder = program.args[0] ?? '.';
/** Moments of one camera before the next: its background is drawn once. */
const MOMENTS = 10;

function randomBeach(index: number): Scene {
  return randomScene(seed * 1_000_003 + index, { activities: activitiesOf(index), width, height });
}

function scriptedMoment(index: number, name: ScriptName): Scene {
  const camera = {
    ...DEFAULTS.camera.simulator,
    seed: seed * 1_003 + Math.floor(index / MOMENTS),
    script: name,
    width,
    height,
  };
  // 41 s apart: other riders, another light and another crowd each time.
  return sceneAt(camera, createScript(camera), 7_000 + (index % MOMENTS) * 41_000);
}

await mkdir(folder, { recursive: true });
const renderer = createRenderer();
const boxes: Record<string, object[]> = {};
const bar = new SingleBar({ format: 'scenes {bar} {value}/{total}, {eta_formatted} left', hideCursor: true });
bar.start(count, 0);
for (let i = 0; i < count; i++) {
  const scene = script === undefined ? randomBeach(i) : scriptedMoment(i, script);
  const file = `${script ?? 'scene'}${seed}_${String(i).padStart(6, '0')}.jpg`;
  await writeFile(join(folder, file), await renderer.jpeg(scene));
  boxes[file] = scene.riders.flatMap(({ activity, posture, parts }) =>
    parts.map(({ part, box }) => ({
      activity,
      posture,
      part,
      box: [box.x, box.y, box.w, box.h].map(share => Math.round(share * 1e5) / 1e5),
    })),
  );
  bar.increment();
}
bar.stop();
await writeFile(join(folder, 'boxes.json'), `${JSON.stringify(boxes, undefined, 1)}\n`);
