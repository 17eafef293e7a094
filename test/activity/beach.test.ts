import { describe, expect, it } from 'vitest';
import type { Visibility } from '../../src/activity/visibility.ts';
import { EPOCH, picture, type Rig, rig, type Scores, scored } from './support.ts';

interface View {
  scores?: Scores;
  visibility?: Visibility;
}

function watch(tracker: Rig, fromMs: number, toMs: number, north: View, south: View) {
  const zone = ({ scores, visibility = 'ok' }: View) => ({
    scores: scored(scores ?? {}),
    visibility,
  });
  let step = tracker.observe(picture(fromMs, { north: zone(north), south: zone(south) }));
  for (let atMs = fromMs + 1_000; atMs <= toMs; atMs += 1_000) {
    step = tracker.observe(picture(atMs, { north: zone(north), south: zone(south) }));
  }
  return step;
}

describe('the beach', () => {
  it('has the activities of all zones and the score of the strongest', () => {
    const { beach, zones } = watch(
      rig(['north', 'south']),
      0,
      30_000,
      { scores: { surfing: 0.8 } },
      { scores: { kitesurfing: 0.95, surfing: 0.3 } },
    );
    expect(beach.activity).toBe('kitesurfing');
    expect(beach.activities).toEqual(['surfing', 'kitesurfing']);
    expect(beach.scores.surfing).toBeCloseTo(0.8, 3);
    expect(beach.scores.kitesurfing).toBeCloseTo(0.95, 3);
    expect(zones.map(({ zone, activity }) => [zone, activity])).toEqual([
      ['north', 'surfing'],
      ['south', 'kitesurfing'],
    ]);
  });

  it('keeps since while an activity moves from zone to zone', () => {
    const tracker = rig(['north', 'south']);
    watch(tracker, 0, 30_000, { scores: { surfing: 0.9 } }, {});
    watch(tracker, 31_000, 60_000, { scores: { surfing: 0.9 } }, { scores: { surfing: 0.9 } });
    const moved = watch(tracker, 61_000, 120_000, {}, { scores: { surfing: 0.9 } });
    expect(moved.beach).toMatchObject({ activity: 'surfing', since: EPOCH });
    expect(moved.zones[0]).toMatchObject({ activity: 'none' });
    const empty = watch(tracker, 121_000, 180_000, {}, {});
    expect(empty.beach.activity).toBe('none');
    expect(empty.beach.since).toBe(empty.zones[1]?.since);
  });

  it('can be judged as long as one zone can', () => {
    const tracker = rig(['north', 'south']);
    watch(tracker, 0, 30_000, { scores: { surfing: 0.9 } }, {});
    const half = watch(tracker, 31_000, 40_000, { visibility: 'obscured' }, {});
    expect(half.beach).toMatchObject({ activity: 'none', visibility: 'ok', since: EPOCH + 31_000 });
    expect(half.zones[0]).toMatchObject({ activity: 'unknown', visibility: 'obscured', scores: {} });
    const neither = watch(tracker, 41_000, 50_000, { visibility: 'obscured' }, { visibility: 'dark' });
    expect(neither.beach).toMatchObject({
      activity: 'unknown',
      visibility: 'obscured',
      scores: {},
      since: EPOCH + 41_000,
    });
  });

  it('turns unknown in every zone when the camera is lost', () => {
    const tracker = rig(['north', 'south']);
    watch(tracker, 0, 30_000, { scores: { surfing: 0.9 } }, {});
    const lost = tracker.fail(30_500, 'camera-lost', null);
    expect(lost.changed).toEqual({ beach: true, zones: ['north', 'south'] });
    expect(lost.zones.map(zone => zone.visibility)).toEqual(['camera-lost', 'camera-lost']);
  });

  it('tells which zones changed', () => {
    const tracker = rig(['north', 'south']);
    watch(tracker, 0, 30_000, {}, { scores: { surfing: 0.9 } });
    const seen: string[] = [];
    for (let atMs = 31_000; atMs < 60_000; atMs += 1_000) {
      const step = watch(tracker, atMs, atMs, { scores: { surfing: 0.8 } }, { scores: { surfing: 0.9 } });
      expect(step.changed.beach).toBe(false);
      seen.push(...step.changed.zones);
    }
    expect(seen).toEqual(['north']);
  });

  it('takes a zone named like a member of every object', () => {
    const tracker = rig(['constructor']);
    expect(tracker.fail(0, 'ok', null).beach.activity).toBe('unknown');
  });
});
