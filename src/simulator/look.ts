import { mix, type Rgb, rgb, scaled } from './colour.ts';
import type { Light, Weather } from './options.ts';
import type { Random } from './random.ts';

/** Colours and air of a scene. */
export interface Look {
  readonly skyTop: Rgb;
  readonly skyLow: Rgb;
  readonly cloud: Rgb;
  /** How much of the sky is clouds, 0..1. */
  readonly cover: number;
  readonly seaFar: Rgb;
  readonly seaNear: Rgb;
  readonly foam: Rgb;
  /** What the light leaves of each colour channel of a thing, about 0..1. */
  readonly light: Rgb;
  readonly haze: Rgb;
  /** 0 is clear air; at 1 the line-up has all but vanished. */
  readonly hazeDensity: number;
  /** Contrast of the ripples, 1 is usual. */
  readonly ripple: number;
  /** The sun's place as shares of the picture and its strength 0..1, which is 0 behind clouds. */
  readonly sun: { readonly x: number; readonly y: number; readonly strength: number };
  /** Standard deviation of the sensor noise in grey levels. */
  readonly noise: number;
  /** 0..1. */
  readonly rain: number;
}

const base = {
  cover: 0.35,
  cloud: rgb('#f4f5f6'),
  light: [1, 1, 1],
  foam: rgb('#f1f4f4'),
  hazeDensity: 0.012,
  ripple: 1,
  sun: { x: 0.7, y: -0.3, strength: 0 },
  noise: 2,
  rain: 0,
} as const satisfies Partial<Look>;

const LOOKS: Record<Light, Look> = {
  day: {
    ...base,
    skyTop: rgb('#6d9fd0'),
    skyLow: rgb('#c3d8e6'),
    seaFar: rgb('#3f6f92'),
    seaNear: rgb('#5a9097'),
    haze: rgb('#c4d6e2'),
  },
  morning: {
    ...base,
    skyTop: rgb('#9fb7cf'),
    skyLow: rgb('#f0dcc8'),
    cover: 0.25,
    seaFar: rgb('#7b8ea0'),
    seaNear: rgb('#71898b'),
    light: [0.95, 0.88, 0.82],
    foam: rgb('#eee7df'),
    haze: rgb('#e3d6ca'),
    hazeDensity: 0.025,
    sun: { x: 0.2, y: 0.2, strength: 0.35 },
  },
  overcast: {
    ...base,
    skyTop: rgb('#cdd1d6'),
    skyLow: rgb('#e4e5e8'),
    cloud: rgb('#b9bec6'),
    cover: 0.6,
    seaFar: rgb('#939ca2'),
    seaNear: rgb('#8b9996'),
    light: [0.9, 0.9, 0.92],
    haze: rgb('#d6d9dd'),
    hazeDensity: 0.02,
    ripple: 0.8,
  },
  glare: {
    ...base,
    skyTop: rgb('#b5c3cf'),
    skyLow: rgb('#f6efdc'),
    cover: 0.3,
    seaFar: rgb('#98a4aa'),
    seaNear: rgb('#6c8189'),
    light: [0.72, 0.7, 0.68],
    haze: rgb('#efe9da'),
    hazeDensity: 0.03,
    ripple: 1.25,
    sun: { x: 0.62, y: 0.12, strength: 1 },
  },
  dusk: {
    ...base,
    skyTop: rgb('#52617f'),
    skyLow: rgb('#eab183'),
    cloud: rgb('#8c7585'),
    cover: 0.5,
    seaFar: rgb('#8f8286'),
    seaNear: rgb('#50606d'),
    light: [0.6, 0.52, 0.52],
    foam: rgb('#c9bcb9'),
    haze: rgb('#c9a08a'),
    hazeDensity: 0.015,
    sun: { x: 0.4, y: 0.31, strength: 0.5 },
    noise: 3.2,
  },
  night: {
    ...base,
    skyTop: rgb('#07090d'),
    skyLow: rgb('#0c0f14'),
    cloud: rgb('#0a0c10'),
    seaFar: rgb('#080b0e'),
    seaNear: rgb('#06090b'),
    light: [0.035, 0.04, 0.05],
    foam: rgb('#13171a'),
    haze: rgb('#0a0d11'),
    ripple: 0.08,
    noise: 3.5,
  },
};

export function lookOf(light: Light, weather: Weather): Look {
  const look = LOOKS[light];
  switch (weather) {
    case 'clear':
      return look;
    case 'haze':
      return { ...look, hazeDensity: 0.07, cover: look.cover * 0.5 };
    case 'rain':
      return {
        ...look,
        skyTop: scaled(mix(look.skyTop, rgb('#9aa1a8'), 0.7), 0.9),
        skyLow: mix(look.skyLow, rgb('#b4babf'), 0.6),
        cover: 0.75,
        seaFar: mix(look.seaFar, rgb('#7f8a90'), 0.6),
        seaNear: mix(look.seaNear, rgb('#76837f'), 0.5),
        light: scaled(look.light, 0.85),
        haze: mix(look.haze, rgb('#b3b9be'), 0.7),
        hazeDensity: 0.09,
        sun: { ...look.sun, strength: 0 },
        noise: look.noise + 0.8,
        rain: 1,
      };
    case 'fog':
      return { ...look, hazeDensity: 2.2, cover: 0, sun: { ...look.sun, strength: 0 } };
  }
}

/** The same kind of light on another beach, on another camera: colours, air and noise vary widely. */
export function variedLook(look: Look, chance: Random): Look {
  const shift = (): Rgb => [chance.between(-14, 10), chance.between(-10, 10), chance.between(-12, 14)];
  const gain = chance.between(0.78, 1.15);
  const cast: Rgb = [chance.between(0.95, 1.04), 1, chance.between(0.95, 1.05)];
  const vary = (colour: Rgb, by: Rgb): Rgb => [
    (colour[0] * gain + by[0]) * cast[0],
    (colour[1] * gain + by[1]) * cast[1],
    (colour[2] * gain + by[2]) * cast[2],
  ];
  const dark = chance.between(-14, 14);
  const [sr, sg, sb] = shift();
  const sea: Rgb = [sr + dark, sg + dark, sb + dark];
  const water = rgb(chance.pick(['#2f7f95', '#1d4f7c', '#8a9791', '#5f7f78', '#3aa3a8', '#9a9a90']));
  const share = chance.between(0, 0.6);
  const sky = shift();
  return {
    ...look,
    skyTop: vary(look.skyTop, sky),
    skyLow: vary(look.skyLow, sky),
    haze: vary(look.haze, sky),
    cover: Math.min(1, look.cover * chance.between(0, 2)),
    seaFar: vary(mix(look.seaFar, scaled(water, 0.9), share), sea),
    seaNear: vary(mix(look.seaNear, water, share), sea),
    foam: scaled(look.foam, chance.between(0.85, 1.03)),
    light: scaled(look.light, gain),
    hazeDensity: look.hazeDensity * chance.between(0.5, 2),
    ripple: look.ripple * chance.between(0.5, 1.5),
    sun: { ...look.sun, x: chance.between(0.05, 0.95) },
    noise: look.noise * chance.between(0.4, 2),
  };
}
