import { describe, expect, it } from 'vitest';
import { zoneProblems } from '../../../src/config/zones.ts';
import {
  asName,
  cornerMoved,
  cornerRemoved,
  drawnOf,
  freeName,
  nameFault,
  settingOf,
  sideSplit,
} from '../../../src/web/ui/views/setup/shapes.ts';

const north = drawnOf({ name: 'north', x: 0, y: 0.4, w: 0.5, h: 0.3 });

describe('a zone that is drawn', () => {
  it('stands in a config as the polygon it is, wherever its corners are dragged', () => {
    const dragged = cornerMoved(sideSplit(north, 3), 4, { x: -0.2, y: 1.7 });
    expect(settingOf(dragged)).toEqual({
      name: 'north',
      points: [
        [0, 0.4],
        [0.5, 0.4],
        [0.5, 0.7],
        [0, 0.7],
        [0, 1],
      ],
    });
    expect(zoneProblems([settingOf(dragged)])).toEqual([]);
    expect(drawnOf(settingOf(dragged))).toEqual(dragged);
  });

  it('keeps three corners at least', () => {
    const triangle = cornerRemoved(north, 0);
    expect(triangle.points).toHaveLength(3);
    expect(cornerRemoved(triangle, 0)).toBe(triangle);
  });

  it('has a name of its own that can be a part of a topic', () => {
    const zones = [north, { ...north, name: 'zone-1' }, north, { ...north, name: 'North' }];
    expect(zones.map((_, index) => nameFault(zones, index))).toEqual([null, null, 'taken', 'name']);
    expect(freeName(zones)).toBe('zone-2');
    expect(asName('Praia do Norte – Canhão')).toBe('praia-do-norte-canhao');
    expect(zoneProblems([{ ...settingOf(north), name: asName('Große Sandbank 2') }])).toEqual([]);
  });
});
