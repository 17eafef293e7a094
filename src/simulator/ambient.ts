import {
  boatShapes,
  buoyShapes,
  gullShapes,
  personShapes,
  SHIRTS,
  SKINS,
  swimmerShapes,
  yachtShapes,
} from './bystanders.ts';
import { rgb } from './colour.ts';
import { type Random, random } from './random.ts';
import { inAir, type Stage } from './rider.ts';
import { place, type Shape } from './shapes.ts';

/** How many of each are about, at most. */
export interface Crowd {
  readonly people: number;
  readonly swimmers: number;
  readonly gulls: number;
  readonly boats: number;
  readonly yachts: number;
  readonly buoys: number;
}

/** A crowd as a quiet beach has it. */
export function crowdOf(chance: Random): Crowd {
  return {
    people: chance.int(0, 5),
    swimmers: chance.int(0, 4),
    gulls: chance.int(0, 4),
    boats: chance.int(0, 2),
    yachts: chance.int(0, 2),
    buoys: chance.int(0, 2),
  };
}

const KINDS: Record<keyof Crowd, (chance: Random, seconds: number, stage: Stage) => Shape[]> = {
  people: walk,
  swimmers: swim,
  gulls: fly,
  boats: motor,
  yachts: cruise,
  buoys: float,
};

/** Everybody and everything that is about besides riders, far things first. */
export function bystandersAt(seed: number, crowd: Crowd, seconds: number, stage: Stage): Shape[] {
  const order = ['yachts', 'boats', 'buoys', 'swimmers', 'people', 'gulls'] as const;
  return order.flatMap((kind, k) =>
    Array.from({ length: crowd[kind] }, (_, i) => KINDS[kind](random(seed, 50, k, i), seconds, stage)).flat(),
  );
}

/** A path that leaves the picture on one side and comes back on the other. */
function passing(chance: Random, seconds: number, speed: number, width: number, margin: number): number {
  const lap = width + 2 * margin;
  const x = chance.between(0, lap) + seconds * speed;
  return (((x % lap) + lap) % lap) - margin;
}

function walk(chance: Random, seconds: number, stage: Stage): Shape[] {
  const { geometry } = stage;
  const walking = chance.chance(0.6);
  const facing = chance.pick([-1, 1]);
  const depth = chance.between(0.008, 0.045);
  const scale = chance.between(17, 23) * geometry.unit;
  const speed = walking ? 1.3 * scale * facing : 0;
  const x = passing(chance, seconds, speed, geometry.width, 30 * geometry.unit);
  const y = geometry.shoreAt(x) + depth * geometry.height + 20 * geometry.unit;
  if (y > geometry.free + 6 * geometry.unit) return [];
  const shapes = personShapes(
    chance.pick(SHIRTS),
    chance.pick(SHIRTS),
    chance.pick(SKINS),
    walking ? seconds * 5.5 : undefined,
  );
  return inAir(stage, place(shapes, { x, y, scale, facing }), y);
}

function swim(chance: Random, seconds: number, stage: Stage): Shape[] {
  const { geometry } = stage;
  const scale = chance.between(19, 24);
  const x =
    (chance.between(0.05, 0.95) + 0.02 * Math.sin(seconds * 0.07 + chance.between(0, 6))) * geometry.width;
  const y = geometry.lineOf(scale) + Math.sin(seconds * 1.4 + x) * 0.1 * scale * geometry.unit;
  const strokes = chance.chance(0.4) ? Math.max(0, Math.sin(seconds * 3 + x)) : 0;
  const shapes = swimmerShapes(
    chance.pick(SKINS),
    chance.chance(0.3) ? chance.pick(SHIRTS) : rgb('#3a2c22'),
    strokes,
  );
  return inAir(stage, place(shapes, { x, y, scale: scale * geometry.unit, facing: chance.pick([-1, 1]) }), y);
}

function float(chance: Random, seconds: number, stage: Stage): Shape[] {
  const { geometry } = stage;
  const scale = chance.between(7, 17);
  const x = chance.between(0.03, 0.97) * geometry.width;
  const y = geometry.lineOf(scale) + Math.sin(seconds * 1.1 + x) * 0.12 * scale * geometry.unit;
  const shapes = buoyShapes(chance.pick([rgb('#e8c22c'), rgb('#e2552c'), rgb('#d8d8d2')]));
  const angle = 0.12 * Math.sin(seconds * 1.7 + x);
  return inAir(stage, place(shapes, { x, y, scale: scale * geometry.unit, angle }), y);
}

function motor(chance: Random, seconds: number, stage: Stage): Shape[] {
  const { geometry } = stage;
  const scale = chance.between(1.6, 4.5);
  const facing = chance.pick([-1, 1]);
  const speed = chance.chance(0.4) ? 0 : facing * scale * 3 * geometry.unit;
  const x = passing(chance, seconds, speed, geometry.width, 40 * geometry.unit);
  const y = geometry.lineOf(scale) + geometry.horizonAt(x) - geometry.horizon;
  const shapes = boatShapes(
    chance.pick([rgb('#f0f0ee'), rgb('#2c4a78'), rgb('#a33b32')]),
    rgb('#e9e9e6'),
    chance.chance(0.5),
  );
  return inAir(stage, place(shapes, { x, y, scale: scale * geometry.unit, facing }), y);
}

function cruise(chance: Random, seconds: number, stage: Stage): Shape[] {
  const { geometry } = stage;
  const scale = chance.between(1.1, 3.2);
  const facing = chance.pick([-1, 1]);
  const x = passing(chance, seconds, facing * scale * 2 * geometry.unit, geometry.width, 40 * geometry.unit);
  const y = geometry.lineOf(scale) + geometry.horizonAt(x) - geometry.horizon;
  const shapes = yachtShapes(
    chance.pick([rgb('#f2f2f0'), rgb('#23344e')]),
    chance.pick([rgb('#f6f5ef'), rgb('#f6f5ef'), rgb('#e3dcc8')]),
  );
  const angle = facing * chance.between(0.02, 0.14);
  return inAir(stage, place(shapes, { x, y, scale: scale * geometry.unit, facing, angle }), y);
}

function fly(chance: Random, seconds: number, stage: Stage): Shape[] {
  const { geometry } = stage;
  const scale = chance.between(7, 26) * geometry.unit;
  const facing = chance.pick([-1, 1]);
  const x = passing(
    chance,
    seconds,
    facing * chance.between(50, 110) * geometry.unit,
    geometry.width * 1.6,
    30,
  );
  const height = chance.between(0.06, 0.6);
  const y = (height + 0.03 * Math.sin(seconds * 0.5 + x * 0.01)) * geometry.height;
  const shapes = gullShapes(
    chance.pick([rgb('#eceef0'), rgb('#8d9196'), rgb('#55585d')]),
    Math.sin(seconds * 8 + x * 0.05),
  );
  return inAir(stage, place(shapes, { x, y, scale, facing }), geometry.shore);
}
