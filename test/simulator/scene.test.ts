import { describe, expect, test } from 'vitest';
import { randomScene } from '../../scripts/scenes/random-scene.ts';
import { SCRIPTED_ACTIVITIES, type ScriptedActivity } from '../../src/simulator/options.ts';
import type { Rider } from '../../src/simulator/rider.ts';
import { sceneAt } from '../../src/simulator/scene.ts';
import { createScript } from '../../src/simulator/script.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fc } from '../support/fast-check.ts';
import { scriptedSessions, truthAt } from './truth.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function inside({ x, y, w, h }: Rider['box']): boolean {
  return x > 0 && y > 0 && w > 0 && h > 0 && x + w < 1 && y + h < 1;
}

/** Pixels on 1280 × 720 from which on a rider counts as well visible: the upper half of the usual sizes. */
function wellVisible({ activity, posture, parts }: Rider): boolean {
  const kite = parts.find(({ part }) => part === 'kite');
  const body = parts.find(({ part }) => part === 'rider');
  if (activity === 'kitesurfing')
    return Math.hypot((kite?.box.w ?? 0) * 1280, (kite?.box.h ?? 0) * 720) >= 45;
  const high = (body?.box.h ?? 0) * 720;
  return activity === 'surfing' ? posture === 'standing' && high >= 22 : high >= 57;
}

describe('a scripted scene', () => {
  test('shows during each session its riders, whole and one of them well, and nobody after it', () => {
    fc.assert(
      fc.property(seeds, fc.nat(999), (seed, permille) => {
        const options = { ...DEFAULTS.camera.simulator, seed };
        const script = createScript(options);
        for (const session of scriptedSessions(script, 300_000)) {
          const ms = session.startMs + Math.floor((permille / 1000) * (session.endMs - session.startMs));
          const riders = sceneAt(options, script, ms).riders.filter(
            rider => rider.activity === session.activity,
          );
          expect(riders).toHaveLength(session.riders);
          expect(riders.map(rider => rider.box).filter(box => !inside(box))).toEqual([]);
          expect(riders.some(wellVisible)).toBe(true);
          expect(sceneAt(options, script, session.endMs).riders).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('has the activities the script says', () => {
    const script = createScript(DEFAULTS.camera.simulator);
    for (let ms = 0; ms < 300_000; ms += 3000) {
      const shown = new Set(
        sceneAt(DEFAULTS.camera.simulator, script, ms).riders.map(rider => rider.activity),
      );
      expect(SCRIPTED_ACTIVITIES.filter(activity => shown.has(activity))).toEqual(truthAt(script, ms));
    }
  });

  test('moves riders smoothly: in a fifth of a second none jumps', () => {
    const script = createScript(DEFAULTS.camera.simulator);
    for (const session of scriptedSessions(script, 250_000)) {
      const at = (ms: number): Rider[] =>
        sceneAt(DEFAULTS.camera.simulator, script, ms).riders.filter(r => r.activity === session.activity);
      let now = at(session.startMs);
      for (let ms = session.startMs + 200; ms < session.endMs; ms += 200) {
        const later = at(ms);
        for (const { parts } of now) {
          const x = (parts.at(-1)?.box.x ?? 0) * 1280;
          const nearest = Math.min(
            ...later.map(rider => Math.abs((rider.parts.at(-1)?.box.x ?? 0) * 1280 - x)),
          );
          expect(nearest).toBeLessThan(45);
        }
        now = later;
      }
    }
  });

  test('stands still while the camera is frozen', () => {
    const frozen = { startMs: 2000, light: 'day', weather: 'clear', fault: 'frozen' } as const;
    const session = { activity: 'windsurfing', startMs: 0, endMs: 60_000, riders: 2 } as const;
    const options = { ...DEFAULTS.camera.simulator, script: { sessions: [session], conditions: [frozen] } };
    const script = createScript(options);
    expect(sceneAt(options, script, 50_000)).toEqual(sceneAt(options, script, 2000));
    expect(sceneAt(options, script, 1900)).not.toEqual(sceneAt(options, script, 2000));
  });
});

describe('a random scene', () => {
  test('has riders of the activities asked for and of no other, whole in the picture', () => {
    fc.assert(
      fc.property(seeds, fc.subarray([...SCRIPTED_ACTIVITIES]), (seed, activities: ScriptedActivity[]) => {
        const { riders } = randomScene(seed, { activities });
        expect(new Set(riders.map(rider => rider.activity))).toEqual(new Set(activities));
        expect(riders.every(rider => inside(rider.box) && rider.parts.every(part => inside(part.box)))).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is the same for the same seed and another for another', () => {
    const scene = (seed: number) => randomScene(seed, { activities: ['surfing', 'kitesurfing'] });
    expect(scene(4)).toEqual(scene(4));
    expect(scene(5).view).not.toEqual(scene(4).view);
    expect(scene(5).look).not.toEqual(scene(4).look);
  });

  test('keeps its beach when other activities are asked for, so that the beach is no cue', () => {
    const calm = randomScene(9, { activities: [] });
    const busy = randomScene(9, { activities: ['windsurfing'] });
    expect({ ...busy, riders: [] }).toEqual({ ...calm, riders: [] });
  });
});
