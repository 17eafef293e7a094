import {
  type ExplicitScript,
  SCRIPTED_ACTIVITIES,
  type ScriptedCondition,
  type ScriptedSession,
  type ScriptName,
  type SimulatorOptions,
} from './options.ts';
import { hash, type Random, random } from './random.ts';

/** What happens when: endless, made block by block from the seed, so that any moment is found without replaying the past. */
export interface Script {
  /** Length of a block; `Infinity` for a script written out. Nothing reaches over the end of its block. */
  readonly blockMs: number;
  /** Sessions of the block with this number (from 0), by start, in simulation time. */
  sessions(block: number): readonly ScriptedSession[];
  /** Conditions of the block, by start; the first begins with the block. */
  conditions(block: number): readonly ScriptedCondition[];
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const FAIR: ScriptedCondition = { startMs: 0, light: 'day', weather: 'clear', fault: 'none' };

export function createScript(options: Pick<SimulatorOptions, 'seed' | 'script'>): Script {
  const { seed, script } = options;
  return typeof script === 'string' ? MAKERS[script](seed) : explicit(script);
}

/** The sessions that run at `ms` or began or ended less than `marginMs` from it. */
export function sessionsAround(script: Script, ms: number, marginMs: number): ScriptedSession[] {
  const first = blockAt(script, ms - marginMs);
  const last = blockAt(script, ms + marginMs);
  return (first === last ? [first] : [first, last])
    .flatMap(block => script.sessions(block))
    .filter(session => ms >= session.startMs - marginMs && ms < session.endMs + marginMs);
}

/** Light, weather and camera at a simulated time. */
export function conditionAt(script: Script, ms: number): ScriptedCondition {
  const conditions = script.conditions(blockAt(script, ms));
  return conditions.findLast(condition => condition.startMs <= ms) ?? FAIR;
}

function blockAt(script: Script, ms: number): number {
  return Number.isFinite(script.blockMs) ? Math.max(0, Math.floor(ms / script.blockMs)) : 0;
}

function explicit({ sessions, conditions }: ExplicitScript): Script {
  const sorted = [...sessions].sort((a, b) => a.startMs - b.startMs);
  return { blockMs: Infinity, sessions: () => sorted, conditions: () => conditions };
}

const MAKERS: Record<ScriptName, (seed: number) => Script> = {
  demo: seed => ({
    blockMs: GROUPS * (30 + 16) * SECOND,
    sessions: block => shortSessions(seed, block, 16),
    conditions: block => mildConditions(seed, block, GROUPS * (30 + 16) * SECOND),
  }),
  faults: seed => ({
    blockMs: GROUPS * (30 + 60) * SECOND,
    sessions: block => shortSessions(seed, block, 60),
    conditions: block => faultyConditions(seed, block),
  }),
  season: seed => ({
    blockMs: 24 * HOUR,
    sessions: day => daySessions(seed, day),
    conditions: day => dayConditions(seed, day),
  }),
  calm: seed => ({
    blockMs: 300 * SECOND,
    sessions: () => [],
    conditions: block => mildConditions(seed, block, 300 * SECOND),
  }),
};

/** Groups of sessions in a block of the demo: every activity twice. */
const GROUPS = 6;
const FIRST_START_MS = 6 * SECOND;

/** Numbers around `mean` that sum up to `count * mean`: what one is longer, another is shorter. */
function balanced(chance: Random, count: number, mean: number, spread: number): number[] {
  const half = Array.from({ length: count / 2 }, () => chance.between(-spread, spread));
  return chance.shuffle([...half, ...half.map(value => -value)]).map(value => Math.round(mean + value));
}

/** Sessions of 20-40 s in turn, each followed by a gap of `gapS` ± 4 s; later in the block two activities at once. */
function shortSessions(seed: number, block: number, gapS: number): ScriptedSession[] {
  const chance = random(seed, 1, block);
  const activities = [...chance.shuffle(SCRIPTED_ACTIVITIES), ...chance.shuffle(SCRIPTED_ACTIVITIES)];
  const durations = balanced(chance, GROUPS, 30 * SECOND, 10 * SECOND);
  const gaps = balanced(chance, GROUPS, gapS * SECOND, 4 * SECOND);
  const double = chance.int(3, GROUPS - 1);
  const sessions: ScriptedSession[] = [];
  let startMs = block * GROUPS * (30 + gapS) * SECOND + FIRST_START_MS;
  for (const [i, activity] of activities.entries()) {
    const endMs = startMs + (durations[i] ?? 0);
    sessions.push({ activity, startMs, endMs, riders: chance.int(2, 4) });
    if (i === double) {
      const second = chance.shuffle(SCRIPTED_ACTIVITIES).find(other => other !== activity) ?? activity;
      sessions.push({ activity: second, startMs, endMs, riders: chance.int(2, 3) });
    }
    startMs = endMs + (gaps[i] ?? 0);
  }
  return sessions;
}

function mildConditions(seed: number, block: number, blockMs: number): ScriptedCondition[] {
  const chance = random(seed, 2, block);
  const lights = chance.shuffle(['day', 'day', 'overcast', 'morning', 'glare', 'dusk'] as const).slice(0, 3);
  if (block === 0) lights[0] = 'day';
  return lights.map((light, i) => ({
    startMs: block * blockMs + Math.round((i * blockMs) / lights.length),
    light,
    weather: light === 'overcast' && chance.chance(0.3) ? 'rain' : chance.chance(0.25) ? 'haze' : 'clear',
    fault: 'none',
  }));
}

/** A fault of 36 s in every gap, 12 s after the session before it. */
function faultyConditions(seed: number, block: number): ScriptedCondition[] {
  const chance = random(seed, 3, block);
  const sessions = shortSessions(seed, block, 60);
  const fair = (startMs: number): ScriptedCondition => ({
    ...FAIR,
    startMs,
    light: chance.pick(['day', 'overcast']),
  });
  const kinds = chance.shuffle(['night', 'fog', 'obscured', 'frozen'] as const);
  const ends = [...new Set(sessions.map(session => session.endMs))];
  const faults = ends.flatMap((endMs, i): ScriptedCondition[] => {
    const kind = kinds[i % kinds.length];
    const before = fair(endMs + 48 * SECOND);
    const fault: ScriptedCondition = {
      startMs: endMs + 12 * SECOND,
      light: kind === 'night' ? 'night' : 'day',
      weather: kind === 'fog' ? 'fog' : 'clear',
      fault: kind === 'obscured' || kind === 'frozen' ? kind : 'none',
    };
    return [fault, before];
  });
  return [fair(block * GROUPS * 90 * SECOND), ...faults];
}

/** Three to eight sessions between 8 and 20 o'clock, each of 20-90 minutes, with half an hour between equal activities. */
function daySessions(seed: number, day: number): ScriptedSession[] {
  const chance = random(seed, 4, day);
  const sessions: ScriptedSession[] = [];
  const counts = SCRIPTED_ACTIVITIES.map(() => chance.int(1, 3));
  for (const [i, activity] of SCRIPTED_ACTIVITIES.entries()) {
    const slotMs = (12 * HOUR) / (counts[i] ?? 1);
    for (let n = 0; n < (counts[i] ?? 1); n++) {
      const durationMs = Math.round(chance.between(20, 90) * 60 * SECOND);
      const startMs = Math.round(
        day * 24 * HOUR + 8 * HOUR + n * slotMs + chance.between(0, slotMs - durationMs - HOUR / 2),
      );
      sessions.push({ activity, startMs, endMs: startMs + durationMs, riders: chance.int(2, 6) });
    }
  }
  return sessions.sort((a, b) => a.startMs - b.startMs);
}

function dayConditions(seed: number, day: number): ScriptedCondition[] {
  const chance = random(seed, 5, day);
  const at = (hour: number): number => Math.round((day * 24 + hour) * HOUR);
  const weather = () => chance.pick(['clear', 'clear', 'clear', 'haze', 'rain'] as const);
  const middle = [8, 11, 14, 17].map(
    (hour): ScriptedCondition => ({
      startMs: at(hour + (hour > 8 ? chance.between(0, 2) : 0)),
      light: chance.pick(['day', 'day', 'overcast', 'glare']),
      weather: weather(),
      fault: 'none',
    }),
  );
  // Fog only before the first session may start: nobody can tell an activity in it.
  const dawn: ScriptedCondition = {
    startMs: at(6),
    light: 'morning',
    weather: chance.chance(hash(seed, day) % 2 === 0 ? 0.4 : 0.1) ? 'fog' : 'clear',
    fault: 'none',
  };
  const night = (hour: number): ScriptedCondition => ({ ...FAIR, startMs: at(hour), light: 'night' });
  const dusk: ScriptedCondition = { ...FAIR, startMs: at(20), light: 'dusk' };
  return [night(0), dawn, ...middle, dusk, night(21.5)];
}
