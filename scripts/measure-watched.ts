/** Measures what it saves, and what it loses, to read frames at full detail only where somebody may ride. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createBeachReader, type ReadFrame } from '../src/activity/beach-reader.ts';
import { ridersAmong } from '../src/activity/rider-threshold.ts';
import type { Scene } from '../src/activity/scene.ts';
import { learnScene } from '../src/activity/scene.ts';
import { watchedPart } from '../src/activity/watch.ts';
import { afloat } from '../src/activity/zones.ts';
import type { Rectangle } from '../src/base/geometry.ts';
import { printTable } from '../src/cli/table.ts';
import { listMaterial } from '../src/training/riders/data/list-material.ts';
import { type Material, ridersIn } from '../src/training/riders/data/material.ts';
import { choosePerCamera } from '../src/training/riders/judge/judge-cameras.ts';
import { matchRiders } from '../src/training/riders/judge/match.ts';
import { PRECISIONS, type Precision } from '../src/vision/backbone.ts';
import { fixedDetail, pixelsRead } from '../src/vision/cells/detail.ts';
import { cornersOf, WHOLE_FRAME, type Zone } from '../src/vision/zone.ts';
import { cpuMs } from './bench/samples.ts';

const HELP = `
Each frame is read as a whole, and in part: once around the water, as it was learnt from all frames of its
camera, and once around a zone as somebody would draw it, a rectangle around all boxes of riders on that camera.
Riders: of the boxes, those that are counted by the frame alone. False: what is counted beside them. Pixels: of all levels,
margins included, beside reading the whole; CPU: the same of the time, decoding and all.

Example:
  $ npx tsx scripts/measure-watched.ts ../shared/data/beachcams ../shared/data/surfcam-cc0 --frames 12
`;

interface Flags {
  readonly models: string;
  readonly frames: string;
  readonly detail: string;
  readonly precision: Precision;
}

const program = new Command('measure-watched')
  .argument('<folders...>', 'frames with boxes')
  .option('--models <dir>', 'the folder with backbone/ and riders/', 'models')
  .option('--frames <n>', 'of each camera, at most', '12')
  .option('--detail <n>', 'pixels that are read to one of the frame', '1')
  .option('--precision <name>', `${PRECISIONS.join(' or ')}`, 'int8')
  .addHelpText('after', HELP)
  .parse();
const flags = program.opts<Flags>();

/** What was counted in some frames read in one way. */
interface Tally {
  riders: number;
  wrong: number;
  pixels: number;
  cpuMs: number;
  part: Rectangle;
}

const none = (): Tally => ({ riders: 0, wrong: 0, pixels: 0, cpuMs: 0, part: { x: 0, y: 0, w: 1, h: 1 } });

const reader = await createBeachReader(
  { dir: flags.models, backbone: 'surfwatch-mobilenetv2-v3', head: 'current' },
  { engine: 'onnx', threads: 0, precision: flags.precision },
  fixedDetail({ detail: Number(flags.detail) }),
);
const all = await listMaterial(program.args, {
  areas: null,
  proposals: null,
  leftOut: new Set<string>(),
  groups: new Map<string, string>(),
});
const chosen = choosePerCamera(all, Number(flags.frames)).flatMap(index => all[index] ?? []);
const rows: string[][] = [];
const sums = [none(), none(), none(), none()] as const;
let boxes = 0;
for (const camera of new Set(chosen.map(one => one.camera))) {
  const frames = chosen.filter(one => one.camera === camera);
  const tallies = await measureCamera(frames);
  const marked = frames.reduce((sum, one) => sum + ridersIn(one).length, 0);
  boxes += marked;
  rows.push(rowOf(camera, frames.length, marked, tallies));
  for (const [index, tally] of tallies.entries()) {
    const sum = sums[index] as Tally;
    sum.riders += tally.riders;
    sum.wrong += tally.wrong;
    sum.pixels += tally.pixels;
    sum.cpuMs += tally.cpuMs;
  }
  console.error(rows.at(-1)?.join(' | '));
}
await reader.close();
printTable(
  [
    '',
    'frames',
    'boxes',
    'whole: riders, false',
    'water: part',
    'riders, false',
    'pixels, CPU',
    'zone: part',
    'whole: riders, false',
    'zone: riders, false',
    'pixels, CPU',
  ],
  [...rows, rowOf('all', chosen.length, boxes, sums)],
);

type Tallies = readonly [whole: Tally, water: Tally, wholeInZone: Tally, zone: Tally];

async function measureCamera(frames: readonly Material[]): Promise<Tallies> {
  const [whole, water, wholeInZone, zone] = [none(), none(), none(), none()];
  const pictures = await Promise.all(frames.map(({ path }) => readFile(path)));
  const read = async (tally: Tally, bytes: Buffer): Promise<ReadFrame> => {
    const before = cpuMs();
    const found = await reader.read(bytes, [], { watch: { part: tally.part, isLook: false } });
    tally.cpuMs += cpuMs() - before;
    tally.pixels += pixelsRead(found.size, found.detail.scale, found.detail.part);
    return found;
  };
  const all: Pick<ReadFrame, 'detections'>[] = [];
  let scene: Scene | null = null;
  for (const bytes of pictures) {
    const found = await read(whole, bytes);
    scene = learnScene(scene, found.scene);
    all.push({ detections: found.detections });
  }
  wholeInZone.cpuMs = whole.cpuMs;
  // As if they had been watched for long.
  const learnt = scene && { ...scene, frames: 1000 };
  const drawn = zoneAround(frames);
  water.part = watchedPart([WHOLE_FRAME], learnt, []);
  zone.part = watchedPart(drawn, learnt, []);
  for (const [index, bytes] of pictures.entries()) {
    const frame = frames[index] as Material;
    const found = all[index] as (typeof all)[0];
    count(whole, found, frame, [WHOLE_FRAME], learnt);
    count(wholeInZone, found, frame, drawn, learnt);
    count(water, await read(water, bytes), frame, [WHOLE_FRAME], learnt);
    count(zone, await read(zone, bytes), frame, drawn, learnt);
  }
  return [whole, water, wholeInZone, zone];
}

/** The whole frame where no rider has a box. */
function zoneAround(frames: readonly Material[]): readonly Zone[] {
  const marked = frames.flatMap(frame => ridersIn(frame)).map(({ box }) => box);
  if (marked.length === 0) return [WHOLE_FRAME];
  const [x, y] = [Math.min(...marked.map(box => box.x)), Math.min(...marked.map(box => box.y))];
  const w = Math.max(...marked.map(box => box.x + box.w)) - x;
  const h = Math.max(...marked.map(box => box.y + box.h)) - y;
  return [{ name: 'riders', points: cornersOf({ x, y, w, h }) }];
}

function count(
  tally: Tally,
  { detections }: Pick<ReadFrame, 'detections'>,
  frame: Material,
  zones: readonly Zone[],
  scene: Scene | null,
): void {
  const counted = ridersAmong(afloat(detections, zones, scene), reader.head.manifest.cells);
  const { taken, neutral } = matchRiders(counted, frame.marks);
  const right = taken.filter(index => index !== null).length;
  tally.riders += right;
  tally.wrong += counted.length - right - neutral.filter(Boolean).length;
}

function rowOf(
  name: string,
  frames: number,
  marked: number,
  [whole, water, inZone, zone]: Tallies,
): string[] {
  const share = ({ part }: Tally) => (name === 'all' ? '' : `${Math.round(100 * part.w * part.h)} %`);
  const counts = ({ riders, wrong }: Tally) => `${riders}, ${wrong}`;
  const cost = ({ pixels, cpuMs }: Tally) =>
    [pixels / whole.pixels, cpuMs / whole.cpuMs].map(times => times.toFixed(2)).join(', ');
  return [
    name,
    String(frames),
    String(marked),
    counts(whole),
    share(water),
    counts(water),
    cost(water),
    share(zone),
    counts(inZone),
    counts(zone),
    cost(zone),
  ];
}
