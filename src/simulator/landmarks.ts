import { rgb, scaled } from './colour.ts';
import { sample, sharedTextures } from './noise.ts';
import { random } from './random.ts';
import { line, polygon, type Shape } from './shapes.ts';
import type { Geometry, View } from './view.ts';

/** What people have built along the shore, as shapes. */
export function landmarks(geometry: Geometry, view: View): Shape[] {
  return [...(view.pier ? pier(geometry, view) : []), ...(view.houses ? houses(geometry, view) : [])];
}

/** A profile of hills: 0..1 of the headland's height at a share of its width from the land's side. */
export function hill(view: View, share: number): number {
  const { soft } = sharedTextures();
  const rough =
    sample(soft, share * 120 + view.seed * 17, 40) / 260 + sample(soft, share * 700, view.seed * 9) / 1400;
  return Math.max(0, (1 - share ** 2.2) * (0.75 + rough));
}

function houses(geometry: Geometry, view: View): Shape[] {
  const chance = random(view.seed, 70);
  const { width, height, unit } = geometry;
  return Array.from({ length: chance.int(4, 12) }, () => {
    const share = chance.between(0.03, 0.6);
    const x =
      (view.headland.side < 0 ? share : 1 - share) * view.headland.width * width +
      (view.headland.side < 0 ? 0 : width * (1 - view.headland.width));
    const foot =
      geometry.horizonAt(x) +
      unit -
      hill(view, share) * view.headland.height * height * chance.between(0.15, 0.8);
    const w = chance.between(4, 13) * unit;
    const h = chance.between(3, 8) * unit;
    const wall = rgb(chance.pick(['#e9e4da', '#d9cbb6', '#c9c9c9', '#f1efe9']));
    const roof = rgb(chance.pick(['#a3553f', '#6d5548', '#77797c']));
    return [
      polygon(wall, [
        [x, foot],
        [x, foot - h],
        [x + w, foot - h],
        [x + w, foot],
      ]),
      polygon(roof, [
        [x - 1, foot - h],
        [x + w * 0.3, foot - h * 1.5],
        [x + w * 0.7, foot - h * 1.5],
        [x + w + 1, foot - h],
      ]),
    ];
  }).flat();
}

function pier(geometry: Geometry, view: View): Shape[] {
  const { width, unit } = geometry;
  const side = -view.headland.side;
  const edge = side < 0 ? 0 : width;
  const far = edge - side * 0.24 * width;
  const near = geometry.lineOf(7) - 14 * unit;
  const out = geometry.lineOf(4.5) - 9 * unit;
  const wood = rgb('#5d5148');
  const piles = Array.from({ length: 14 }, (_, i): Shape => {
    const share = i / 13;
    const x = edge + (far - edge) * share;
    const deck = near + (out - near) * share;
    return line(scaled(wood, 0.8), (3 - share) * unit, [
      [x, deck],
      [x, deck + (17 - 7 * share) * unit],
    ]);
  });
  return [
    ...piles,
    line(wood, 4 * unit, [
      [edge, near],
      [far, out],
    ]),
    line(
      scaled(wood, 1.2),
      unit,
      [
        [edge, near - 6 * unit],
        [far, out - 4 * unit],
      ],
      0.7,
    ),
    polygon(rgb('#c9c3b8'), [
      [far, out],
      [far, out - 12 * unit],
      [far + side * 26 * unit, out - 12 * unit],
      [far + side * 26 * unit, out],
    ]),
    polygon(rgb('#7f4a3e'), [
      [far - side * 2 * unit, out - 12 * unit],
      [far + side * 13 * unit, out - 19 * unit],
      [far + side * 28 * unit, out - 12 * unit],
    ]),
  ];
}
