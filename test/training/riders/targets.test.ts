import { describe, expect, it } from 'vitest';
import { extentOf, type PlacedMark } from '../../../src/training/riders/crops/canvas.ts';
import { mirror } from '../../../src/training/riders/crops/make-crop.ts';
import { coreOf, LEARNT_PX, rimOf, targetsOf } from '../../../src/training/riders/crops/targets.ts';
import { outputsOf } from '../../../src/training/riders/outputs.ts';
import { fc } from '../../support/fast-check.ts';

const OUTPUTS = outputsOf(['surfing', 'windsurfing'], ['kite', 'person', 'land', 'sky']);
const COUNT = OUTPUTS.all.length;
const SIDE = 256;
const CELLS = SIDE / 16;
const COMPLETE = { riders: true, kites: true, people: true };

function canvasOf(marks: readonly PlacedMark[], change: Partial<Parameters<typeof targetsOf>[0]> = {}) {
  return {
    width: SIDE,
    height: SIDE,
    rgb: new Uint8Array(0),
    window: null,
    marks,
    unknown: [],
    areas: [],
    complete: COMPLETE,
    ...change,
  };
}

function rider(left: number, top: number, right: number, bottom: number, kind = 'surfing'): PlacedMark {
  return { kind, rider: OUTPUTS.activities.includes(kind), box: { left, top, right, bottom } };
}

/** What is known of a cell, by the names of the outputs; `?` where it is not. */
function cellAt(result: ReturnType<typeof targetsOf>, x: number, y: number): Record<string, number | '?'> {
  const cell = Math.floor(y / 16) * result.columns + Math.floor(x / 16);
  return Object.fromEntries(
    OUTPUTS.all.map((name, output) => {
      const at = cell * COUNT + output;
      return [name, result.mask[at] === 1 ? (result.targets[at] as number) : '?'];
    }),
  );
}

const kinds = ['surfing', 'windsurfing', 'kite', 'person', 'ignored'];
const mark = fc
  .record({
    kind: fc.constantFrom(...kinds),
    x: fc.double({ min: -20, max: 276, noNaN: true }),
    y: fc.double({ min: -20, max: 276, noNaN: true }),
    w: fc.double({ min: 1, max: 120, noNaN: true }),
    h: fc.double({ min: 1, max: 120, noNaN: true }),
  })
  .map(({ kind, x, y, w, h }) => rider(x - w / 2, y - h / 2, x + w / 2, y + h / 2, kind));

describe('targets of cells', () => {
  it('say yes only where it is known, and of one thing at a place', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 6 }), marks => {
        const { targets, mask } = targetsOf(canvasOf(marks), OUTPUTS);
        let most = 0;
        for (let cell = 0; cell < CELLS * CELLS; cell++) {
          const own = [...targets.subarray(cell * COUNT, (cell + 1) * COUNT)];
          const known = mask.subarray(cell * COUNT, (cell + 1) * COUNT);
          const yes = own.flatMap((target, output) => (target === 1 && known[output] === 1 ? [output] : []));
          most = Math.max(most, yes.length);
        }
        expect(most).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('leave nothing as surely empty that is near a rider or in what is ignored', () => {
    fc.assert(
      fc.property(mark, one => {
        const { targets, mask } = targetsOf(canvasOf([one]), OUTPUTS);
        const rim = one.kind === 'ignored' ? 0 : one.kind === 'person' ? -Infinity : rimOf(one.box);
        for (let cell = 0; cell < CELLS * CELLS; cell++) {
          const x = (cell % CELLS) * 16 + 8;
          const y = Math.floor(cell / CELLS) * 16 + 8;
          const { left, top, right, bottom } = one.box;
          const near = x > left - rim && x < right + rim && y > top - rim && y < bottom + rim;
          if (!near) continue;
          const at = cell * COUNT;
          const empty = [0, 1].every(output => mask[at + output] === 1 && targets[at + output] === 0);
          const { left: l, top: t, right: r, bottom: b } = coreOf(one.box);
          if (!(x >= l && x <= r && y >= t && y <= b)) expect(empty).toBe(false);
        }
      }),
    );
  });

  it('see a rider of a height that is learnt in at least one cell, and no other in any', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 3, max: 120, noNaN: true }),
        fc.double({ min: 40, max: 216, noNaN: true }),
        fc.double({ min: 40, max: 216, noNaN: true }),
        (height, x, y) => {
          const one = rider(x - height / 4, y - height / 2, x + height / 4, y + height / 2);
          const { targets, mask } = targetsOf(canvasOf([one]), OUTPUTS);
          const yes = targets.filter((target, at) => target === 1 && mask[at] === 1).length;
          const extent = extentOf(height / 2, height);
          if (extent >= LEARNT_PX.least && extent <= LEARNT_PX.most) expect(yes).toBeGreaterThan(0);
          else expect(yes).toBe(0);
        },
      ),
    );
  });

  it('are mirrored with the crop', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 4 }), marks => {
        const canvas = canvasOf(marks);
        const plain = targetsOf(canvas, OUTPUTS);
        const turned = targetsOf(mirror(canvas), OUTPUTS);
        const back = (values: Uint8Array) =>
          Uint8Array.from(values, (_, at) => {
            const cell = Math.floor(at / COUNT);
            const column = CELLS - 1 - (cell % CELLS);
            return values[(cell - (cell % CELLS) + column) * COUNT + (at % COUNT)] as number;
          });
        expect(back(turned.mask)).toEqual(plain.mask);
        expect(back(turned.targets)).toEqual(plain.targets);
      }),
      { numRuns: 30 },
    );
  });

  it('know nothing of pasted photos but what is marked there', () => {
    const result = targetsOf(
      canvasOf([rider(40, 40, 56, 60)], { unknown: [{ left: 0, top: 0, right: 128, bottom: 128 }] }),
      OUTPUTS,
    );
    expect(cellAt(result, 48, 50)).toMatchObject({ surfing: 1, windsurfing: 0, person: 0 });
    expect(new Set(Object.values(cellAt(result, 104, 104)))).toEqual(new Set(['?']));
    expect(cellAt(result, 200, 200)).toMatchObject({ surfing: 0, kite: 0, person: 0 });
  });

  it('tell nothing of riders where not all of them are boxed, but in areas where nobody rides', () => {
    const land = [
      { x: 0, y: 128 },
      { x: 256, y: 128 },
      { x: 256, y: 256 },
      { x: 0, y: 256 },
    ];
    const result = targetsOf(
      canvasOf([], {
        complete: { riders: false, kites: false, people: false },
        areas: [{ kind: 'land', points: land }],
      }),
      OUTPUTS,
    );
    expect(cellAt(result, 100, 40)).toEqual({
      surfing: '?',
      windsurfing: '?',
      kite: '?',
      person: '?',
      land: '?',
      sky: '?',
    });
    expect(cellAt(result, 100, 200)).toMatchObject({
      surfing: 0,
      windsurfing: 0,
      land: 1,
      sky: 0,
      person: '?',
    });
    // Its middle is in, but not well inside.
    expect(cellAt(result, 100, 136)).toMatchObject({ land: '?' });
  });

  it('take the ground under a person from the feet', () => {
    const area = (kind: 'land' | 'water') => [
      {
        kind,
        points: [
          { x: 0, y: 150 },
          { x: 256, y: 150 },
          { x: 256, y: 256 },
          { x: 0, y: 256 },
        ],
      },
    ];
    const person = rider(100, 130, 112, 160, 'person');
    const on = (kind: 'land' | 'water') =>
      cellAt(targetsOf(canvasOf([person], { areas: area(kind) }), OUTPUTS), 106, 145);
    expect(on('land')).toMatchObject({ person: 1, land: 1, surfing: 0 });
    expect(on('water')).toMatchObject({ person: 1, land: 0, surfing: 0 });
    expect(cellAt(targetsOf(canvasOf([person]), OUTPUTS), 106, 145)).toMatchObject({ person: 1, land: '?' });
  });

  it('let nobody know whether a rider is in front of a kite', () => {
    const result = targetsOf(canvasOf([rider(100, 100, 130, 115, 'kite')]), OUTPUTS);
    expect(cellAt(result, 115, 108)).toMatchObject({ kite: 1, surfing: '?', sky: '?' });
  });
});
