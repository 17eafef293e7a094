import { expect, test } from 'vitest';
import { surfwatch } from './support.ts';

const set = (...settings: string[]) => settings.flatMap(setting => ['--set', `schedule.${setting}`]);
const TROMSO = set('latitude=69.65', 'longitude=18.96', 'timeZone=Europe/Oslo');

test('surfwatch schedule shows the days, and that it is off', async () => {
  const { status, output, errors } = await surfwatch([
    'schedule',
    ...set('windows=[{"from":"09:00","to":"17:30"}]', 'daylight=all'),
    '--days',
    '3',
  ]);
  expect([status, errors]).toEqual([0, '']);
  const days = output.split('\n').filter(line => /^[a-z]{3} \d{4}-/.test(line));
  expect(days).toHaveLength(3);
  for (const day of days) expect(day).toMatch(/ not known +09:00-17:30 +8\.5 +\.{18}#{17}\.{13}$/);
  expect(output).toContain('schedule.enabled is off');
});

test('a year beyond the polar circle has days without night and nights without day', async () => {
  const { output } = await surfwatch([
    'schedule',
    ...TROMSO,
    ...set('enabled=true'),
    '--days',
    '365',
    '--json',
  ]);
  const { enabled, timeZone, days } = JSON.parse(output);
  expect([enabled, timeZone, days.length]).toEqual([true, 'Europe/Oslo', 365]);
  const count = (hours: number) =>
    days.filter(({ openHours }: { openHours: number }) => openHours === hours).length;
  // Two months each; the days on which the clock is changed are in neither.
  expect(count(24)).toBeGreaterThan(60);
  expect(count(0)).toBeGreaterThan(40);
  expect(count(24) + count(0)).toBeLessThan(130);
});

test('wrong settings end with 78, each named', async () => {
  const wrong = set(
    'enabled=true',
    'latitude=91',
    'timeZone=Europe/Lisbonn',
    'windows=[{"from":"9:00","to":"24:00","days":["mo"]}]',
    'morningOffset=-7h',
  );
  const { status, errors } = await surfwatch(['schedule', ...wrong]);
  expect(status).toBe(78);
  expect(errors).toContain('schedule.latitude: must be a number from -90 to 90');
  expect(errors).toContain('schedule.longitude: must be set where schedule.enabled is on');
  expect(errors).toContain('did you mean "Europe/Lisbon"?');
  expect(errors).toContain('schedule.windows[0].from: must be a time of the day such as "08:00"');
  expect(errors).toContain('schedule.windows[0].days[0]: must be a day');
  expect(errors).toContain(
    'schedule.morningOffset: must be a duration such as "30m" or "-30m" from -6h to 6h',
  );
});
