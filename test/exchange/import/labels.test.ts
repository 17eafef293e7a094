import { describe, expect, it } from 'vitest';
import { activityName, classNames, parseLabels } from '../../../src/exchange/import/labels.ts';
import { fc } from '../../support/fast-check.ts';

describe('class names', () => {
  it.each([
    ['Kite Surfing', 'kite-surfing'],
    ['  Planche à voile ', 'planche-a-voile'],
    ['SUP_2', 'sup-2'],
    ['—', ''],
  ])('%s becomes %s', (label, name) => expect(activityName(label)).toBe(name));

  it('are what a head may have, or nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => /^[a-z0-9-]*$/.test(activityName(text))));
  });

  it('without an activity are told by their name, or by being listed', () => {
    const found = classNames(['surfing', 'Background', 'Sea gulls'], ['sea gulls'], 'm');
    expect(found.map(({ isActivity }) => isActivity)).toEqual([true, false, false]);
  });
});

describe('labels.txt', () => {
  it('may number its lines', () => {
    expect(parseLabels('0 surfing\r\n1 kite surfing\n\n')).toEqual(['surfing', 'kite surfing']);
    expect(parseLabels('surfing\n2 boats\n')).toEqual(['surfing', '2 boats']);
  });
});
