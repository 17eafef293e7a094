import { dressKitesurfer, dressSurfer, dressWindsurfer } from './dress.ts';
import type { ScriptedSession } from './options.ts';
import { hash, random } from './random.ts';
import { kitesurfer, type Rider, type Spot, type Stage, surfer, windsurfer } from './rider.ts';
import type { Wave } from './swell.ts';

/** How the riders of a session move. The first two keep near enough to be well seen; further ones may be far. */

export interface Troupe {
  readonly riders: readonly Rider[];
  /** The waves surfers ride, and those that come for them. */
  readonly waves: readonly Wave[];
}

/** @param sinceMs since the session's start; riders are there only while it runs */
export function troupeAt(seed: number, session: ScriptedSession, sinceMs: number, stage: Stage): Troupe {
  const present = sinceMs >= 0 && sinceMs < session.endMs - session.startMs;
  const seconds = sinceMs / 1000;
  const members = Array.from({ length: session.riders }, (_, i) => {
    const own = hash(seed, session.startMs, session.activity.length, i);
    return MOVES[session.activity](own, i, seconds, stage);
  });
  return {
    riders: present ? members.map(member => member.rider) : [],
    waves: members.flatMap(member => member.waves),
  };
}

interface Member {
  readonly rider: Rider;
  readonly waves: readonly Wave[];
}

type Move = (seed: number, index: number, seconds: number, stage: Stage) => Member;

const MOVES: Record<ScriptedSession['activity'], Move> = {
  surfing: (seed, index, seconds, stage) =>
    index < 2 ? rideInTurn(seed, index, seconds, stage) : lineUp(seed, seconds, stage),
  windsurfing: sail,
  kitesurfing: kite,
};

const RIDE_S = 9;
const smooth = (t: number): number => t * t * (3 - 2 * t);

/** Two surfers in turn: while one rides a wave in, the other paddles back out and waits. */
function rideInTurn(seed: number, index: number, seconds: number, stage: Stage): Member {
  const clock = seconds + (index === 0 ? 0 : RIDE_S);
  const turn = Math.floor(clock / (2 * RIDE_S));
  const into = clock - turn * 2 * RIDE_S;
  const chance = random(seed, 40);
  const dress = dressSurfer(chance);
  const { geometry } = stage;
  const facing = chance.pick([-1, 1]);
  const outer = chance.between(18, 19.5);
  const inner = outer + chance.between(2, 3.5);
  const ride = 0.17 * geometry.width;
  const start = (0.5 + facing * chance.between(-0.28, -0.02) + (index - 0.5) * 0.08) * geometry.width;
  const wave = rideWave(seed, turn, into, { start, ride, facing, outer, inner }, stage);
  const spot = (along: number): Spot => ({
    x: start + facing * ride * along,
    y: geometry.lineOf(outer + (inner - outer) * along),
    scale: (outer + (inner - outer) * along) * geometry.unit,
    facing,
  });
  if (into < RIDE_S) {
    const along = into / RIDE_S;
    const bend = 0.5 + 0.35 * Math.sin(into * 1.7 + seed);
    const bob = Math.sin(into * 2.1) * 0.2;
    const at = spot(along);
    return {
      rider: surfer(stage, dress, { ...at, y: at.y + bob * at.scale }, 'standing', bend),
      waves: [wave],
    };
  }
  const back = (into - RIDE_S) / RIDE_S;
  const paddling = back < 0.65;
  const at = spot(paddling ? 1 - smooth(back / 0.65) : 0);
  const y = at.y + (0.6 + 0.12 * Math.sin(seconds * 1.9 + seed)) * at.scale;
  const bend = 0.5 + 0.5 * Math.sin(seconds * 5);
  const away = { ...at, y, facing: paddling ? -facing : facing };
  return { rider: surfer(stage, dress, away, paddling ? 'prone' : 'sitting', bend), waves: [wave] };
}

interface Course {
  readonly start: number;
  readonly ride: number;
  readonly facing: number;
  readonly outer: number;
  readonly inner: number;
}

/** The wave of a turn: it rises before the ride, breaks behind the surfer and dies as white water after it. */
function rideWave(seed: number, turn: number, into: number, course: Course, { geometry }: Stage): Wave {
  const chance = random(seed, 41, turn);
  const before = into > 15 ? into - 2 * RIDE_S : into;
  const along = before / RIDE_S;
  const line = course.outer + (course.inner - course.outer) * along;
  const height =
    1.55 *
    line *
    geometry.unit *
    chance.between(0.9, 1.15) *
    (along > 1 ? Math.max(0.35, 1.6 - along * 0.6) : 1);
  const surferX = course.start + course.facing * course.ride * Math.min(1.15, along);
  const tail = course.start - course.facing * (0.03 + 0.06 * Math.max(0, along)) * geometry.width;
  const shoulder = surferX + course.facing * 0.15 * geometry.width;
  const broken = along > 0 ? surferX - course.facing * 0.7 * line * geometry.unit : tail;
  const foam = [broken, tail].sort((a, b) => a - b);
  const ends = [shoulder, tail - course.facing * 0.03 * geometry.width].sort((a, b) => a - b);
  return {
    crest: geometry.lineOf(line) - height * 0.62,
    height,
    left: ends[0] ?? 0,
    right: ends[1] ?? 0,
    foamLeft: foam[0] ?? 0,
    foamRight: along > 0 ? (foam[1] ?? 0) : 0,
    strength: Math.max(0, Math.min(1, (before + 3) / 2.5, (15 - before) / 4)),
    phase: chance.int(0, 511),
  };
}

/** Sits on the board and waits, rising and falling with the swell. */
function lineUp(seed: number, seconds: number, stage: Stage): Member {
  const chance = random(seed, 42);
  const { geometry } = stage;
  const scale = chance.between(13, 18);
  const drift = Math.sin(seconds * 0.11 + seed) * 0.012;
  const at: Spot = {
    x: (chance.between(0.15, 0.85) + drift) * geometry.width,
    y: geometry.lineOf(scale) + Math.sin(seconds * 1.3 + seed) * 0.15 * scale * geometry.unit,
    scale: scale * geometry.unit,
    facing: chance.pick([-1, 1]),
  };
  return { rider: surfer(stage, dressSurfer(chance), at, 'sitting', chance.next()), waves: [] };
}

/** To and fro across the picture at a steady speed but for the turns. `x` is -1..1, `way` the speed -1..1. */
function reach(phase: number): { readonly x: number; readonly way: number } {
  const flat = 0.96;
  const sine = flat * Math.sin(phase);
  const way = (flat * Math.cos(phase)) / Math.sqrt(1 - sine * sine);
  return { x: Math.asin(sine) / Math.asin(flat), way };
}

function sail(seed: number, index: number, seconds: number, stage: Stage): Member {
  const chance = random(seed, 43);
  const dress = dressWindsurfer(chance);
  const { geometry } = stage;
  const middle = index < 1 ? chance.between(14, 16.5) : chance.between(7, 14);
  const phase = chance.between(0, Math.PI * 2) + seconds * chance.between(0.13, 0.19);
  const { x, way } = reach(phase);
  const scale = middle + 0.9 * Math.sin(phase * 0.5 + seed);
  const facing = way >= 0 ? 1 : -1;
  const speed = Math.min(1, Math.abs(way));
  const homeward = chance.between(0.7, 1);
  const open = (0.35 + 0.6 * speed) * (facing > 0 ? 1 : homeward) + 0.05 * Math.sin(seconds * 0.9);
  const at: Spot = {
    x: (0.5 + 0.39 * x * chance.between(0.8, 1)) * geometry.width,
    y: geometry.lineOf(scale) + Math.sin(seconds * 2.3 + seed) * 0.12 * scale * geometry.unit,
    scale: scale * geometry.unit,
    facing,
  };
  const rake = 0.55 + 0.3 * speed + 0.15 * Math.sin(seconds * 0.8 + seed);
  return { rider: windsurfer(stage, dress, at, { open, rake, speed }), waves: [] };
}

function kite(seed: number, index: number, seconds: number, stage: Stage): Member {
  const chance = random(seed, 44);
  const dress = dressKitesurfer(chance);
  const { geometry } = stage;
  const scale = index < 1 ? chance.between(10.2, 12) : chance.between(6, 10.5);
  const phase = chance.between(0, Math.PI * 2) + seconds * chance.between(0.12, 0.17);
  const { x, way } = reach(phase);
  const facing = way >= 0 ? 1 : -1;
  const jumpEvery = chance.between(13, 19);
  const since = (seconds + chance.between(0, 9)) % jumpEvery;
  const flying = Math.abs(way) > 0.8 && since < 2.4 ? since / 2.4 : 0;
  const at: Spot = {
    x: (0.5 + 0.34 * x) * geometry.width,
    y: geometry.lineOf(scale),
    scale: scale * geometry.unit,
    facing,
  };
  const flight = {
    angle:
      0.6 * Math.max(-1, Math.min(1, way)) * chance.between(0.6, 1.1) + 0.1 * Math.sin(seconds * 0.9 + seed),
    lines: chance.between(10, 17),
    span: chance.between(4.6, 5.6),
    turn: Math.max(-0.9, Math.min(0.9, 0.7 * way + 0.2 * Math.sin(seconds * 0.6))),
    roll: Math.max(-1, Math.min(1, way)) * chance.between(0.2, 0.75) + 0.15 * Math.sin(seconds * 0.7 + seed),
    jump: 14 * flying * (1 - flying) * 0.8,
  };
  return { rider: kitesurfer(stage, dress, at, flight), waves: [] };
}
