import { describe, expect, it } from 'vitest';
import { SurfwatchError } from '../../../src/errors.ts';
import { checkLabels, labelsFolder } from '../../../src/learning/labels/names.ts';
import { labelsLevel, parseLabelsLevel } from '../../../src/messaging/label-topic.ts';
import { fc } from '../../support/fast-check.ts';
import { ACTIVITIES } from './support.ts';

function failure(task: () => unknown): unknown {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof SurfwatchError)) throw error;
    return error;
  }
}

describe('checkLabels', () => {
  it.each([
    [['surfing'], ['surfing']],
    [
      ['windsurfing', ' Surfing ', 'surfing'],
      ['surfing', 'windsurfing'],
    ],
    [['none'], []],
    [['NONE', 'none'], []],
    [[], []],
  ])('%j: %j', (names, labels) => expect(checkLabels(names, ACTIVITIES)).toEqual(labels));

  it.each([
    [['surfin'], 'label-activity-unknown', '"surfing"'],
    [['Surfer'], 'label-activity-unknown', '"surfing"'],
    [['kiteboarding'], 'label-activity-unknown', '"kitesurfing"'],
    [['non'], 'label-activity-unknown', '"none"'],
    [['paragliding'], 'label-activity-unknown', 'There are: surfing, windsurfing, kitesurfing, none'],
    [['none', 'surfing'], 'label-malformed', '"none"'],
    [['surfing', ''], 'label-malformed', 'empty'],
    [Array(9).fill('surfing'), 'label-malformed', 'at most 8'],
  ])('refuses %j as %s, with %s', (names, code, hint) => {
    expect(failure(() => checkLabels(names, ACTIVITIES))).toMatchObject({
      code,
      message: expect.stringContaining(hint),
    });
  });

  it('repeats no more than the beginning of a long name', () => {
    const { message } = failure(() => checkLabels(['x'.repeat(5_000)], ACTIVITIES)) as Error;
    expect(message.length).toBeLessThan(200);
  });

  it('takes new activities where that is allowed', () => {
    expect(checkLabels(['Wing-Foil', 'surfing'], ACTIVITIES, { allowNew: true })).toEqual([
      'surfing',
      'wing-foil',
    ]);
    for (const name of ['unknown', 'a b', 'sup/x', 'sup+x', 'x'.repeat(33)]) {
      expect(failure(() => checkLabels([name], ACTIVITIES, { allowNew: true }))).toMatchObject({
        code: 'label-malformed',
      });
    }
  });

  it('gives known names, sorted, or a coded error, whatever it is given', () => {
    const names = fc.array(fc.oneof(fc.constantFrom(...ACTIVITIES, 'none', 'Surfing '), fc.string()));
    fc.assert(
      fc.property(names, fc.boolean(), (given, allowNew) => {
        const labels = failure(() => checkLabels(given, ACTIVITIES, { allowNew }));
        if (labels instanceof SurfwatchError) return;
        expect(labels).toEqual([...new Set(labels as string[])].sort());
        if (!allowNew) expect(ACTIVITIES).toEqual(expect.arrayContaining(labels as string[]));
        expect(checkLabels(labels as string[], ACTIVITIES, { allowNew })).toEqual(labels);
      }),
    );
  });
});

describe('levels of topics and names of folders', () => {
  it.each(['surfing,kitesurfing', 'surfing+kitesurfing', 'kitesurfing, surfing'])('%s', level => {
    expect(checkLabels(parseLabelsLevel(level), ACTIVITIES)).toEqual(['kitesurfing', 'surfing']);
  });

  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...ACTIVITIES)), chosen => {
        const labels = [...chosen].sort();
        expect(checkLabels(parseLabelsLevel(labelsLevel(labels)), ACTIVITIES)).toEqual(labels);
        expect(checkLabels(parseLabelsLevel(labelsFolder(labels)), ACTIVITIES)).toEqual(labels);
        // MQTT 3.1.1 section 4.7.1: no wildcards in the name of a topic.
        expect(labelsLevel(labels)).not.toMatch(/[+#/]/);
      }),
    );
  });

  it.each(['', ' '])('%j says nothing', level => {
    expect(failure(() => parseLabelsLevel(level))).toMatchObject({ code: 'label-malformed' });
  });
});
