import { type Rgb, rgb } from './colour.ts';
import type { KitesurferLook } from './kitesurfer.ts';
import type { Random } from './random.ts';
import type { SurferLook } from './surfer.ts';
import type { WindsurferLook } from './windsurfer.ts';

/** What riders wear and ride, by chance. */

type Palette = readonly [Rgb, ...Rgb[]];

const SUITS: Palette = [rgb('#15171a'), rgb('#1b2026'), rgb('#121518'), rgb('#24303c'), rgb('#3a2226')];
const SKINS: Palette = [rgb('#d8a888'), rgb('#b98562'), rgb('#8a5a3e')];
const BOARDS: Palette = [rgb('#f2f0ea'), rgb('#ece7d6'), rgb('#e9d27c'), rgb('#9fc9d8'), rgb('#d86a50')];
const BRIGHT: Palette = [
  rgb('#d62a2f'),
  rgb('#f06a22'),
  rgb('#f3d02c'),
  rgb('#6fc13a'),
  rgb('#1f9fb5'),
  rgb('#2358b8'),
  rgb('#7b3fa6'),
  rgb('#e0468f'),
];
const PLAIN: Palette = [rgb('#22252b'), rgb('#eef0f0')];

const person = (chance: Random) => ({
  suit: chance.pick(SUITS),
  skin: chance.pick(SKINS),
  board: chance.pick(BOARDS),
});

export function dressSurfer(chance: Random): SurferLook {
  return { ...person(chance), breadth: chance.between(0.72, 1) };
}

export function dressWindsurfer(chance: Random): WindsurferLook {
  return {
    ...person(chance),
    sail: chance.pick(chance.chance(0.35) ? PLAIN : BRIGHT),
    accent: chance.pick(chance.chance(0.3) ? PLAIN : BRIGHT),
    film: chance.pick([0.45, 0.6, 0.8, 1]),
    front: chance.chance(0.6),
  };
}

export function dressKitesurfer(chance: Random): KitesurferLook {
  return {
    ...person(chance),
    canopy: chance.pick(chance.chance(0.15) ? PLAIN : BRIGHT),
    accent: chance.pick(chance.chance(0.4) ? PLAIN : BRIGHT),
    edge: chance.pick(chance.chance(0.3) ? PLAIN : BRIGHT),
  };
}
