import { bystandersAt, crowdOf } from '../../src/simulator/ambient.ts';
import { dressKitesurfer, dressSurfer, dressWindsurfer } from '../../src/simulator/dress.ts';
import { lookOf, variedLook } from '../../src/simulator/look.ts';
import type { ScriptedActivity } from '../../src/simulator/options.ts';
import { hash, type Random, random } from '../../src/simulator/random.ts';
import {
  kitesurfer,
  type Rider,
  type Spot,
  type Stage,
  surfer,
  windsurfer,
} from '../../src/simulator/rider.ts';
import { farFirst, type Scene } from '../../src/simulator/scene.ts';
import { swellAt, type Wave } from '../../src/simulator/swell.ts';
import { anyView, type Geometry, geometryOf } from '../../src/simulator/view.ts';

export interface RandomSceneOptions {
  /** Which activities the scene holds, 1 to 5 riders each; an empty list draws a beach without riders. */
  readonly activities: readonly ScriptedActivity[];
  /** Pixels; 1280 × 720 when absent. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * A scene for training: any beach, camera, light, weather (never night or fog, in which nobody can tell), crowd and
 * size of riders, so that nothing but the riders is a cue.
 *
 * @param seed the same seed and options give the same scene; with other activities its beach and light stay
 */
export function randomScene(seed: number, options: RandomSceneOptions): Scene {
  const { activities, width = 1280, height = 720 } = options;
  const chance = random(seed, 90);
  const view = anyView(seed, chance);
  const light = chance.pick(['day', 'day', 'day', 'overcast', 'overcast', 'morning', 'glare', 'dusk']);
  const weather = chance.pick(['clear', 'clear', 'clear', 'haze', 'rain']);
  const look = variedLook(lookOf(light, weather), chance);
  const geometry = geometryOf(view, width, height);
  const stage = { geometry, look };
  const seconds = chance.between(100, 5000);
  const ridden: Wave[] = [];
  const bystanders = bystandersAt(seed, crowdOf(chance), seconds, stage);
  const swell = swellAt(seed, seconds, geometry, chance.between(0.2, 1.5));
  const chop = chance.between(0, 1);
  const blur = chance.chance(0.35) ? chance.between(0.4, 1.3) * geometry.unit : 0;
  const quality = chance.int(45, 92);
  const riders = activities.flatMap((activity, i) => {
    const own = random(seed, 91, i);
    const far = own.next();
    return wanted(own.int(1, 5), () => {
      const waves: Wave[] = [];
      const rider = RANDOM_RIDERS[activity](own, far, stage, waves);
      if (!wholeIn(rider)) return undefined;
      ridden.push(...waves);
      return rider;
    });
  });
  return {
    width,
    height,
    view,
    look,
    seconds,
    chop,
    waves: [...swell, ...ridden].sort((a, b) => a.crest - b.crest),
    riders: farFirst(riders),
    bystanders,
    camera: { noiseSeed: hash(seed, 92), blur: blur < 0.3 ? 0 : blur, soil: 0, quality },
  };
}

/** Between `low` and `high`, nearer to the one or the other as the group is near or far. */
function sized(chance: Random, far: number, low: number, high: number): number {
  return low + (high - low) * (0.6 * far + 0.4 * chance.next());
}

function somewhere(chance: Random, { geometry }: Stage, scale: number): Spot {
  const x = chance.between(0.06, 0.94) * geometry.width;
  // Cameras stand at different heights: the same size may be nearer to the horizon or to the shore.
  const highest = Math.max(geometry.horizon, 0) + 20 * geometry.unit;
  const lowest = Math.min(geometry.shoreAt(x) - 12 * geometry.unit, geometry.free - 4 * geometry.unit);
  const y = geometry.lineOf(scale) * chance.between(0.95, 1.08);
  return {
    x,
    y: Math.min(lowest, Math.max(highest, y)),
    scale: scale * geometry.unit,
    facing: chance.pick([-1, 1]),
  };
}

type RandomRider = (chance: Random, far: number, stage: Stage, waves: Wave[]) => Rider;

const RANDOM_RIDERS: Record<ScriptedActivity, RandomRider> = {
  surfing: (chance, far, stage, waves) => {
    const pose = chance.pick(['standing', 'standing', 'sitting', 'sitting', 'prone']);
    const spot = somewhere(chance, stage, sized(chance, far, pose === 'standing' ? 9 : 12, 25));
    if (pose === 'standing') waves.push(waveUnder(chance, spot, stage.geometry));
    return surfer(stage, dressSurfer(chance), spot, pose, chance.next());
  },
  windsurfing: (chance, far, stage) => {
    const spot = somewhere(chance, stage, sized(chance, far, 5.5, 19));
    const trim = { open: chance.between(0.3, 1), rake: chance.between(0, 1.5), speed: chance.next() };
    return windsurfer(stage, dressWindsurfer(chance), spot, trim);
  },
  kitesurfing: (chance, far, stage) => {
    const spot = somewhere(chance, stage, sized(chance, far, 4.5, 14));
    const way = chance.between(-1, 1);
    return kitesurfer(stage, dressKitesurfer(chance), spot, {
      angle: 0.9 * way,
      lines: chance.between(6, 16),
      span: chance.between(4.2, 5.8),
      turn: chance.between(-0.9, 0.9),
      roll: chance.between(-1.1, 1.1),
      jump: chance.chance(0.2) ? chance.between(0.5, 4) : 0,
    });
  },
};

/** A wave under a standing surfer, broken behind or (a straight ride to the beach) all along. */
function waveUnder(chance: Random, spot: Spot, { width }: Geometry): Wave {
  const height = spot.scale * chance.between(0.8, 2.2);
  const behind = spot.x - spot.facing * chance.between(0.05, 0.25) * width;
  const ahead = spot.x + spot.facing * chance.between(0.06, 0.25) * width;
  const whole = chance.chance(0.25);
  const lip = whole ? ahead : spot.x - spot.facing * chance.between(0.3, 1.5) * spot.scale;
  return {
    crest: spot.y - height * chance.between(0.55, 0.75),
    height,
    left: Math.min(behind, ahead),
    right: Math.max(behind, ahead),
    foamLeft: Math.min(behind, lip),
    foamRight: Math.max(behind, lip),
    strength: 1,
    phase: chance.int(0, 511),
  };
}

/** Makes `count` things, trying up to 6 times each; fewer where that does not do. */
function wanted<T>(count: number, make: () => T | undefined): T[] {
  const made: T[] = [];
  for (let tries = 0; tries < 6 * count && made.length < count; tries++) {
    const one = make();
    if (one !== undefined) made.push(one);
  }
  return made;
}

/** A rider cut by the border would make a false box. */
function wholeIn({ box: { x, y, w, h } }: Rider): boolean {
  return x > 0 && y > 0 && x + w < 1 && y + h < 1;
}
