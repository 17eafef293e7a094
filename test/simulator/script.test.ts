import { describe, expect, test } from 'vitest';
import { SCRIPTED_ACTIVITIES, type ScriptedSession } from '../../src/simulator/options.ts';
import { conditionAt, createScript, sessionsAround } from '../../src/simulator/script.ts';
import { fc } from '../support/fast-check.ts';
import { scriptedSessions, truthAt } from './truth.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const HOUR = 3_600_000;

function sameActivityNeverOverlaps(sessions: readonly ScriptedSession[]): void {
  for (const activity of SCRIPTED_ACTIVITIES) {
    const own = sessions.filter(session => session.activity === activity);
    for (const [i, session] of own.entries()) {
      expect(session.startMs).toBeGreaterThanOrEqual(own[i - 1]?.endMs ?? 0);
    }
  }
}

/** Stretches of time without anybody on the water, between the first session and the last. */
function gaps(sessions: readonly ScriptedSession[]): number[] {
  const found: number[] = [];
  let until = sessions[0]?.endMs ?? 0;
  for (const { startMs, endMs } of sessions) {
    if (startMs > until) found.push(startMs - until);
    until = Math.max(until, endMs);
  }
  return found;
}

describe('the demo script', () => {
  test('starts after 6 s, shows every activity within 3 minutes, each for 20-40 s with 12-20 s between', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const script = createScript({ seed, script: 'demo' });
        const sessions = scriptedSessions(script, HOUR);
        expect(sessions[0]?.startMs).toBe(6000);
        const early = sessions.filter(session => session.endMs <= 180_000).map(session => session.activity);
        expect(new Set(early)).toEqual(new Set(SCRIPTED_ACTIVITIES));
        for (const { startMs, endMs, riders } of sessions) {
          expect(endMs - startMs).toBeGreaterThanOrEqual(20_000);
          expect(endMs - startMs).toBeLessThanOrEqual(40_000);
          expect(riders).toBeGreaterThanOrEqual(2);
        }
        for (const gap of gaps(sessions)) {
          expect(gap).toBeGreaterThanOrEqual(12_000);
          expect(gap).toBeLessThanOrEqual(20_000);
        }
        sameActivityNeverOverlaps(sessions);
      }),
      { numRuns: 60 },
    );
  });

  test('has two activities at once now and then', () => {
    const script = createScript({ seed: 1, script: 'demo' });
    const starts = scriptedSessions(script, HOUR).map(session => session.startMs);
    expect(starts.length - new Set(starts).size).toBeGreaterThanOrEqual(10);
  });

  test('keeps light and weather in which a rider can be told', () => {
    fc.assert(
      fc.property(seeds, fc.nat(HOUR), (seed, ms) => {
        const { light, weather, fault } = conditionAt(createScript({ seed, script: 'demo' }), ms);
        expect(light).not.toBe('night');
        expect(weather).not.toBe('fog');
        expect(fault).toBe('none');
      }),
    );
  });
});

describe('the season script', () => {
  test('keeps its sessions by day, of 20-90 minutes, every activity every day', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const sessions = scriptedSessions(createScript({ seed, script: 'season' }), 3 * 24 * HOUR);
        sameActivityNeverOverlaps(sessions);
        for (const { startMs, endMs } of sessions) {
          expect((startMs / HOUR) % 24).toBeGreaterThanOrEqual(8);
          expect((endMs / HOUR) % 24).toBeLessThanOrEqual(20);
          expect(endMs - startMs).toBeGreaterThanOrEqual(20 * 60_000);
          expect(endMs - startMs).toBeLessThanOrEqual(90 * 60_000);
        }
        for (const day of [0, 1, 2]) {
          const today = sessions.filter(session => Math.floor(session.startMs / (24 * HOUR)) === day);
          expect(new Set(today.map(session => session.activity))).toEqual(new Set(SCRIPTED_ACTIVITIES));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('has a night every night and never a session in it or in fog', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const script = createScript({ seed, script: 'season' });
        expect(conditionAt(script, 26 * HOUR).light).toBe('night');
        expect(conditionAt(script, 23 * HOUR).light).toBe('night');
        for (const { startMs, endMs } of scriptedSessions(script, 48 * HOUR)) {
          for (const at of [startMs, (startMs + endMs) / 2, endMs - 1]) {
            const { light, weather } = conditionAt(script, at);
            expect(light).not.toBe('night');
            expect(weather).not.toBe('fog');
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('the calm script never has anybody on the water', () => {
  expect(scriptedSessions(createScript({ seed: 5, script: 'calm' }), 10 * HOUR)).toEqual([]);
});

test('the faults script has every fault, only between sessions', () => {
  fc.assert(
    fc.property(seeds, seed => {
      const script = createScript({ seed, script: 'faults' });
      const seen = new Set<string>();
      for (let ms = 0; ms < HOUR / 4; ms += 1000) {
        const { light, weather, fault } = conditionAt(script, ms);
        const kind =
          fault !== 'none' ? fault : light === 'night' ? 'night' : weather === 'fog' ? 'fog' : undefined;
        if (kind === undefined) continue;
        seen.add(kind);
        expect(truthAt(script, ms)).toEqual([]);
      }
      expect(seen).toEqual(new Set(['night', 'fog', 'obscured', 'frozen']));
    }),
    { numRuns: 10 },
  );
});

test('the truth is what the sessions say, to the millisecond', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom('demo', 'faults', 'season'), (seed, name) => {
      const script = createScript({ seed, script: name });
      for (const { activity, startMs, endMs } of scriptedSessions(script, 40 * HOUR).slice(0, 20)) {
        expect(truthAt(script, startMs)).toContain(activity);
        expect(truthAt(script, endMs - 1)).toContain(activity);
        expect(truthAt(script, endMs)).not.toContain(activity);
        expect(truthAt(script, startMs - 1)).not.toContain(activity);
      }
    }),
    { numRuns: 30 },
  );
});

test('another seed is another script', () => {
  const sessions = (seed: number) => scriptedSessions(createScript({ seed, script: 'demo' }), HOUR);
  expect(sessions(1)).toEqual(sessions(1));
  expect(sessions(2)).not.toEqual(sessions(1));
});

test('a script written out is taken as it is, in order of time', () => {
  const surf: ScriptedSession = { activity: 'surfing', startMs: 5000, endMs: 9000, riders: 2 };
  const wind: ScriptedSession = { activity: 'windsurfing', startMs: 1000, endMs: 6000, riders: 1 };
  const script = createScript({ seed: 1, script: { sessions: [surf, wind], conditions: [] } });
  expect(scriptedSessions(script, Infinity)).toEqual([wind, surf]);
  expect(truthAt(script, 5500)).toEqual(['surfing', 'windsurfing']);
  expect(truthAt(script, 9000)).toEqual([]);
  expect(sessionsAround(script, 9500, 1000)).toEqual([surf]);
  expect(conditionAt(script, 70_000)).toEqual({ startMs: 0, light: 'day', weather: 'clear', fault: 'none' });
});
