import { describe, expect, it } from 'vitest';
import { activityNamed, classNameFault, meantClass } from '../../../src/learning/labels/activity-names.ts';

describe('activityNamed', () => {
  it.each([
    ['surfing', 'surfing'],
    ['Surfer', 'surfing'],
    ['wind-surfer', 'windsurfing'],
    ['WindSurfing', 'windsurfing'],
    ['Kite Surfer', 'kitesurfing'],
    ['kite_boarding', 'kitesurfing'],
    ['kite', undefined],
    ['person', undefined],
    ['surfboard', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('%s is %s', (name, activity) => expect(activityNamed(name)).toBe(activity));

  it('takes names that it is told', () => {
    expect(activityNamed('Wing-Foil', ['wingfoil'])).toBe('wingfoil');
    expect(activityNamed('surfer', ['wingfoil'])).toBe('surfing');
  });
});

describe('names of folders', () => {
  it.each(['surfing', 'none', 'surfing+kitesurfing', 'sup', 'wing-foil', 'stand-up-paddling'])(
    '%s is a class',
    name => expect([classNameFault(name), meantClass(name)]).toEqual([undefined, undefined]),
  );

  it.each([
    ['sufring', 'surfing'],
    ['surfer', 'surfing'],
    ['surfing+kitesufing', 'surfing+kitesurfing'],
    ['non', 'none'],
    ['wind-surfing', 'windsurfing'],
  ])('%s may have meant %s', (name, meant) => {
    expect([classNameFault(name), meantClass(name)]).toEqual([undefined, meant]);
  });

  it.each([
    'Surfing',
    'my photos',
    'surfing+',
    '+',
    'none+surfing',
    'surfing+surfing',
    'images',
    'train',
    'søer',
  ])('%s is no class', name => expect(classNameFault(name)).toEqual(expect.any(String)));
});
