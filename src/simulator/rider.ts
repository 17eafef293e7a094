import type { Rectangle } from '../base/geometry.ts';
import { mix, type Rgb } from './colour.ts';
import { BAR, type KitesurferLook, kiteRiderShapes, kiteShapes, kiteTips } from './kitesurfer.ts';
import type { Look } from './look.ts';
import type { ScriptedActivity } from './options.ts';
import { boxOf, ellipse, line, lit, type Point, place, polygon, type Shape } from './shapes.ts';
import { type SurferLook, type SurferPose, surferShapes } from './surfer.ts';
import { type Geometry, hazeAt } from './view.ts';
import { type WindsurferLook, windsurferShapes } from './windsurfer.ts';

/** Somebody on the water, dressed, placed and lit: what the truth of a scene is made of. */
export interface Rider {
  readonly activity: ScriptedActivity;
  readonly posture: SurferPose | 'sailing' | 'riding';
  /** Everything that is drawn of the rider, a kite and its lines too. */
  readonly box: Rectangle;
  /** What tells the activity: the rider; of a kitesurfer the kite and the rider, without the lines between them. */
  readonly parts: readonly RiderPart[];
  readonly shapes: readonly Shape[];
  /** The water a board throws up and leaves behind; not part of the rider. */
  readonly wake: readonly Shape[];
}

interface RiderPart {
  readonly part: 'rider' | 'kite';
  readonly box: Rectangle;
}

/** What a thing is placed into. */
export interface Stage {
  readonly geometry: Geometry;
  readonly look: Look;
}

/** Where a rider is. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Pixels per metre. */
  readonly scale: number;
  /** 1 heads right, -1 left. */
  readonly facing: number;
}

/** Shapes in the light and air of the line `y` of the picture. */
export function inAir({ geometry, look }: Stage, shapes: readonly Shape[], y: number): Shape[] {
  return lit(shapes, look.light, look.haze, hazeAt(look.hazeDensity, geometry.nearness(y)));
}

function frame({ geometry }: Stage, shapes: readonly Shape[]): Rectangle {
  return boxOf(shapes, geometry.width, geometry.height);
}

/** @param bend see {@link surferShapes} */
export function surfer(
  stage: Stage,
  dress: SurferLook,
  spot: Spot,
  posture: SurferPose,
  bend: number,
): Rider {
  const angle = posture === 'standing' ? 0.1 * spot.facing : 0;
  const shapes = inAir(stage, place(surferShapes(posture, dress, bend), { ...spot, angle }), spot.y);
  const box = frame(stage, shapes);
  const spray =
    posture === 'standing'
      ? [
          line(
            WHITE,
            0.16,
            [
              [-0.9, 0.05],
              [-1.8, 0.12],
              [-3.2, 0.3],
            ],
            0.8,
          ),
          polygon(
            WHITE,
            [
              [-0.8, 0.1],
              [-1.5, -0.42],
              [-1.7, 0.14],
            ],
            0.6,
          ),
        ]
      : [];
  const wake = inAir(stage, place(foamy(stage, spray), spot), spot.y);
  return { activity: 'surfing', posture, box, parts: [{ part: 'rider', box }], shapes, wake };
}

const WHITE: Rgb = [255, 255, 255];

function foamy({ look }: Stage, shapes: readonly Shape[]): Shape[] {
  // The foam's colour is how it looks in this light: undo what the light takes afterwards.
  const [r, g, b] = look.light;
  const foam: Rgb = [look.foam[0] / r, look.foam[1] / g, look.foam[2] / b];
  return shapes.map(shape => ({ ...shape, colour: foam }));
}

/** @param speed 0 stands still to 1 planing: how much water flies and how far the trail reaches */
function trail(speed: number): Shape[] {
  return [
    polygon(
      WHITE,
      [
        [-0.9, 0.14],
        [-2, -0.1],
        [-3.6 - 5 * speed, 0.02],
        [-4 - 8 * speed, 0.1],
        [-2, 0.24],
      ],
      0.35 + 0.4 * speed,
    ),
    polygon(
      WHITE,
      [
        [-0.6, 0.12],
        [-1.4, -0.5 * speed],
        [-2.3, -0.25 * speed],
        [-2.8, 0.14],
      ],
      0.7 * speed,
    ),
    ellipse(WHITE, 0.4, 0.1, 0.8, 0.12, 0.6 * speed),
    line(
      WHITE,
      0.1,
      [
        [0.9, 0.1],
        [-1.2, 0.26],
        [-3, 0.3],
      ],
      0.5,
    ),
  ];
}

export interface SailTrim {
  readonly open: number;
  readonly rake: number;
  /** 0..1. */
  readonly speed: number;
}

export function windsurfer(stage: Stage, dress: WindsurferLook, spot: Spot, trim: SailTrim): Rider {
  const drawn = windsurferShapes(dress, trim.open, trim.rake, trim.speed > 0.5);
  const shapes = inAir(stage, place(drawn, spot), spot.y);
  const box = frame(stage, shapes);
  const wake = inAir(stage, place(foamy(stage, trail(trim.speed)), spot), spot.y);
  return { activity: 'windsurfing', posture: 'sailing', box, parts: [{ part: 'rider', box }], shapes, wake };
}

export interface KiteFlight {
  /** From the rider to the kite, radians from straight up, positive to the right. */
  readonly angle: number;
  /** Length of the lines as seen, metres. */
  readonly lines: number;
  /** Width of the kite as seen from tip to tip, metres. */
  readonly span: number;
  readonly turn: number;
  /** How far it is turned out of the lines' direction, radians: a steered kite flies on its side. */
  readonly roll: number;
  /** How far above the water the rider is, metres. */
  readonly jump: number;
}

export function kitesurfer(stage: Stage, dress: KitesurferLook, spot: Spot, flight: KiteFlight): Rider {
  const air: Spot = { ...spot, y: spot.y - flight.jump * spot.scale };
  const tilt = flight.jump > 0 ? -0.3 * spot.facing : 0;
  const drawn = kiteRiderShapes(dress, flight.jump > 0 ? 0.3 : 0.8);
  const body = inAir(stage, place(drawn, { ...air, angle: tilt }), spot.y);
  const bar: Point = [air.x + BAR[0] * spot.facing * spot.scale, air.y + BAR[1] * spot.scale];
  const { angle, span, turn, roll } = flight;
  const room = (bar[1] - span * spot.scale - 6 * stage.geometry.unit) / Math.max(0.05, Math.cos(angle));
  const distance = Math.max(0, Math.min(flight.lines * spot.scale, room));
  const above: Spot = {
    x: bar[0] + Math.sin(angle) * distance,
    y: bar[1] - Math.cos(angle) * distance,
    scale: span * spot.scale,
    facing: 1,
  };
  const attitude = angle + roll;
  const kite = inAir(stage, place(kiteShapes(dress, turn), { ...above, angle: attitude }), spot.y);
  const thread: Rgb = mix([70, 72, 78], stage.look.haze, 0.2);
  const lines = kiteTips(turn).map(([x, y]) => {
    const tip: Point = [
      above.x + (x * Math.cos(attitude) - y * Math.sin(attitude)) * above.scale,
      above.y + (x * Math.sin(attitude) + y * Math.cos(attitude)) * above.scale,
    ];
    return line(thread, 0.7 * stage.geometry.unit, [bar, tip], 0.45);
  });
  const shapes = [...lines, ...kite, ...body];
  const water = flight.jump > 0 ? [] : trail(0.9);
  return {
    activity: 'kitesurfing',
    posture: 'riding',
    box: frame(stage, shapes),
    parts: [
      { part: 'kite', box: frame(stage, kite) },
      { part: 'rider', box: frame(stage, body) },
    ],
    shapes,
    wake: inAir(stage, place(foamy(stage, water), spot), spot.y),
  };
}
