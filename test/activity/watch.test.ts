import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BeachReader, createBeachReader } from '../../src/activity/beach-reader.ts';
import { NOTHING_OBSERVED, type ObserverState, observe } from '../../src/activity/observe.ts';
import type { Scene } from '../../src/activity/scene.ts';
import { LOOK_MS, watchedPart } from '../../src/activity/watch.ts';
import { afloat } from '../../src/activity/zones.ts';
import { PACKAGE_ROOT, SHIPPED_MODELS } from '../../src/base/paths.ts';
import { defaultSettings } from '../../src/config/load.ts';
import { fixedDetail, isInside, WHOLE } from '../../src/vision/cells/detail.ts';
import { boundsOf, contains, cornersOf, WHOLE_FRAME, type Zone } from '../../src/vision/zone.ts';
import { fc } from '../support/fast-check.ts';

/** Sky above `top`, land below `bottom` (rows of 20), water between. */
function sceneOf(top: number, bottom: number, frames = 100): Scene {
  const [columns, rows] = [40, 20];
  const cells = Array.from({ length: columns * rows }, (_, cell) => Math.floor(cell / columns));
  return {
    columns,
    rows,
    land: cells.map(row => (row >= bottom ? 0.9 : 0.1)),
    sky: cells.map(row => (row < top ? 0.9 : 0.1)),
    frames,
  };
}

const SEA: Zone = { name: 'sea', points: cornersOf({ x: 0.3, y: 0.5, w: 0.2, h: 0.2 }) };

describe('the part of a frame that is watched', () => {
  it('is all of it as long as nobody knows better', () => {
    for (const scene of [null, sceneOf(8, 16, 5), sceneOf(0, 20), sceneOf(10, 10)]) {
      expect(watchedPart([WHOLE_FRAME], scene, [])).toEqual(WHOLE);
      expect(watchedPart([], scene, [])).toEqual(WHOLE);
    }
  });

  it('is the water, once land and sky are known', () => {
    const part = watchedPart([WHOLE_FRAME], sceneOf(8, 16), []);
    expect(part).toEqual({ x: 0, y: 0.3125, w: 1, h: 0.5625 });
  });

  it('is around the zones that a person drew, whatever seems to be there', () => {
    const bay: Zone = { name: 'bay', points: cornersOf({ x: 0.6, y: 0.4, w: 0.1, h: 0.2 }) };
    expect(watchedPart([SEA], sceneOf(16, 16), [])).toEqual({ x: 0.25, y: 0.4375, w: 0.3125, h: 0.3125 });
    expect(isInside(boundsOf(bay), watchedPart([SEA, bay], null, []))).toBe(true);
  });

  it('holds every place of every zone', () => {
    const corner = fc.record({
      x: fc.double({ min: 0, max: 1, noNaN: true }),
      y: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const polygon = fc.array(corner, { minLength: 3, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(polygon, { minLength: 1, maxLength: 4 }), corner, (polygons, place) => {
        const zones = polygons.map((points, index) => ({ name: `z${index}`, points }));
        const part = watchedPart(zones, null, []);
        expect(isInside(part, WHOLE)).toBe(true);
        if (zones.some(zone => contains(zone, place)))
          expect(isInside({ ...place, w: 0, h: 0 }, part)).toBe(true);
      }),
    );
  });

  it('reaches to a kite that is followed, if it flies over a zone', () => {
    const [kite, far] = [0.4, 0.9].map(x => ({ x, y: 0.1, size: 0.02 })) as [Kite, Kite];
    const part = watchedPart([SEA], null, [kite]);
    expect(isInside({ x: kite.x, y: kite.y, w: 0, h: 0 }, part)).toBe(true);
    expect(isInside(boundsOf(SEA), part)).toBe(true);
    expect(watchedPart([SEA], null, [far])).toEqual(watchedPart([SEA], null, []));
    expect(watchedPart([WHOLE_FRAME], sceneOf(8, 16), [far]).y).toBeLessThan(far.y);
  });
});

interface Kite {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

describe('a camera that is watched in part', () => {
  const models = { dir: SHIPPED_MODELS, backbone: 'surfwatch-mobilenetv2-v3', head: 'current' };
  let reader: BeachReader;
  let bytes: Buffer;
  let count = 0;

  beforeAll(async () => {
    reader = await createBeachReader(models, { engine: 'onnx', threads: 1 }, fixedDetail({ detail: 0.75 }));
    bytes = await readFile(join(PACKAGE_ROOT, 'config', 'demo-footage', 'frame_0088.jpg'));
  });
  afterAll(() => reader.close());

  const deps = (zones: readonly Zone[]) => ({
    reader,
    zones,
    gates: defaultSettings().gates,
    newId: () => String(++count),
  });
  const see = (zones: readonly Zone[], before: ObserverState, nowMs: number) =>
    observe({ id: String(nowMs), bytes, takenAt: nowMs, origin: '' }, nowMs, before, deps(zones));

  it('shows the same riders as the whole frame does', async () => {
    const whole = await reader.read(bytes, []);
    const riders = whole.detections.filter(({ score }) => score > 0.4);
    expect(riders.length).toBeGreaterThan(0);
    const [first] = riders as [(typeof riders)[0]];
    const around = { x: Math.max(0, first.x - 0.1), y: Math.max(0, first.y - 0.05), w: 0.2, h: 0.1 };
    const zone: Zone = { name: 'peak', points: cornersOf(around) };
    const { observation, read } = await see([zone], NOTHING_OBSERVED, 0);
    const part = read?.detail.part ?? WHOLE;
    expect(part.w * part.h).toBeLessThan(0.4);
    const there = afloat(riders, [zone], null);
    const found = afloat(read?.detections ?? [], [zone], null).filter(({ score }) => score > 0.4);
    expect(found).toHaveLength(there.length);
    for (const { x, y, score } of there) {
      const same = found.find(one => Math.hypot(one.x - x, one.y - y) < 0.02);
      expect(Math.abs((same?.score ?? 0) - score)).toBeLessThan(0.15);
    }
    expect(observation.riders?.length).toBeGreaterThan(0);
  });

  it('is read as a whole now and then, and for labels', async () => {
    let { state } = await see([SEA], NOTHING_OBSERVED, 0);
    const seen: boolean[] = [];
    for (let nowMs = LOOK_MS / 2; nowMs <= 2 * LOOK_MS; nowMs += LOOK_MS / 2) {
      const observed = await see([SEA], state, nowMs);
      state = observed.state;
      seen.push(observed.read?.detail.part.h === 1);
    }
    expect(seen).toEqual([false, true, false, true]);
    const labelled = await reader.read(bytes, [SEA], {
      points: [{ x: 0.9, y: 0.9 }],
      watch: { part: watchedPart([SEA], null, []), isLook: false },
    });
    expect(labelled.detail.part).toEqual(WHOLE);
    const { cells, embeddings } = labelled;
    const width = embeddings.length / cells.length;
    for (const [index, { pointed }] of cells.entries()) {
      if (pointed)
        expect(embeddings.subarray(index * width, (index + 1) * width).some(value => value !== 0)).toBe(true);
    }
  });

  it('misses nobody where it was not read', async () => {
    const kite = { x: 0.4, y: 0.05, size: 0.01 };
    const track = {
      ...kite,
      id: 'kite',
      evidence: 3,
      scores: {},
      seenMs: 0,
      stepMs: 0,
      riderSinceMs: 0,
      stays: { ...kite, sinceMs: 0 },
    };
    const followed = { tracks: [track], fixtures: [] };
    // Not over the zone, so nobody looks for it there, and it stays as it is.
    const beside = { tracks: [{ ...track, x: 0.9 }], fixtures: [] };
    const [watched, other] = await Promise.all(
      [followed, beside].map(kites => see([SEA], { ...NOTHING_OBSERVED, kites }, 2000)),
    );
    expect(watched?.read?.detail.part.y).toBe(0);
    expect(watched?.state.kites.tracks[0]?.evidence).toBeLessThan(3);
    expect(other?.state.kites.tracks[0]?.evidence).toBe(3);
  });

  it('tells of dirt by levels that were read as a whole', async () => {
    const part = { x: 0, y: 0.5, w: 1, h: 0.25 };
    const [whole, some] = await Promise.all([
      reader.read(bytes, []),
      reader.read(bytes, [], { watch: { part, isLook: false } }),
    ]);
    expect(some.scene).toEqual(whole.scene);
    const sharp = [...(some.soiling?.scores ?? [])];
    expect(sharp.length).toBeGreaterThan(0);
    expect(sharp).not.toEqual(sharp.map(() => sharp[0]));
  });
});
