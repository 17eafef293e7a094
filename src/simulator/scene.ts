import { bystandersAt, type Crowd, crowdOf } from './ambient.ts';
import { type Look, lookOf } from './look.ts';
import { troupeAt } from './motion.ts';
import type { Fault, SimulatorOptions } from './options.ts';
import { hash, random } from './random.ts';
import type { Rider } from './rider.ts';
import { conditionAt, type Script, sessionsAround } from './script.ts';
import type { Shape } from './shapes.ts';
import { swellAt, type Wave } from './swell.ts';
import { geometryOf, usualView, type View } from './view.ts';

/** What is where at one moment, as plain data: {@link render} needs nothing else to draw it. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly view: View;
  readonly look: Look;
  /** Time that moves the water. */
  readonly seconds: number;
  /** 0 is a smooth sea, 1 one full of whitecaps. */
  readonly chop: number;
  /** Far ones first. */
  readonly waves: readonly Wave[];
  /** The truth: who rides, far ones first. */
  readonly riders: readonly Rider[];
  readonly bystanders: readonly Shape[];
  readonly camera: SceneCamera;
}

interface SceneCamera {
  readonly noiseSeed: number;
  /** Standard deviation of a blur over the whole picture, in pixels; 0 for none. */
  readonly blur: number;
  /** How much of the lens is smeared, 0..1. */
  readonly soil: number;
  /** JPEG quality 1..100. */
  readonly quality: number;
}

/** The scene of a script at a simulated time in milliseconds. */
export function sceneAt(options: SimulatorOptions, script: Script, ms: number): Scene {
  const condition = conditionAt(script, ms);
  const { seed, width, height } = options;
  const at = condition.fault === 'frozen' ? condition.startMs : ms;
  const seconds = at / 1000;
  const view = usualView(seed);
  const look = lookOf(condition.light, condition.weather);
  const geometry = geometryOf(view, width, height);
  const stage = { geometry, look };
  const troupes = sessionsAround(script, at, MARGIN_MS).map(session =>
    troupeAt(seed, session, at - session.startMs, stage),
  );
  const byDepth = (a: { crest: number }, b: { crest: number }): number => a.crest - b.crest;
  return {
    width,
    height,
    view,
    look,
    seconds,
    chop: chopAt(seed, seconds),
    waves: [...swellAt(seed, seconds, geometry, 1), ...troupes.flatMap(troupe => troupe.waves)].sort(byDepth),
    riders: farFirst(troupes.flatMap(troupe => troupe.riders)),
    bystanders: bystandersAt(seed, crowdAt(seed, seconds), seconds, stage),
    camera: { noiseSeed: hash(seed, Math.round(at)), ...LENS[condition.fault], quality: 85 },
  };
}

/** Waves come before their riders and outlast them. */
const MARGIN_MS = 5000;

const LENS: Record<Fault, { readonly blur: number; readonly soil: number }> = {
  none: { blur: 0, soil: 0 },
  frozen: { blur: 0, soil: 0 },
  obscured: { blur: 14, soil: 1 },
};

export function farFirst(riders: readonly Rider[]): Rider[] {
  return [...riders].sort((a, b) => a.box.y + a.box.h - (b.box.y + b.box.h));
}

/** Whoever is about changes every three minutes, and stays the same in between. */
function crowdAt(seed: number, seconds: number): Crowd {
  return crowdOf(random(seed, 60, Math.floor(seconds / 180)));
}

/** Wind on the water, which comes and goes over minutes, riders or not. */
function chopAt(seed: number, seconds: number): number {
  const phase = (hash(seed, 61) % 628) / 100;
  return Math.max(0, 0.35 + 0.4 * Math.sin(seconds / 47 + phase));
}
