/**
 * Times of the sun from almanacs, UTC, rounded to the minute there.
 *
 * The tables are lines of "Rise and Set for the Sun for 2019" of the Astronomical Applications Department, U. S. Naval
 * Observatory (https://aa.usno.navy.mil/data/RS_OneYear): month-day, rise, set. `----`: below the horizon all day,
 * `****`: above it all day, `.`: none on this day.
 */
export const USNO_2019 = [
  {
    latitude: 60,
    longitude: 0,
    lines: `01-01 0902 1505
01-21 0838 1545
02-11 0750 1640
03-01 0659 1726
03-21 0600 1816
04-11 0456 1907
05-01 0359 1957
05-21 0310 2045
06-11 0239 2121
06-21 0236 2128
07-11 0256 2114
08-01 0340 2031
08-21 0428 1937
09-11 0518 1834
10-01 0605 1734
10-21 0653 1635
11-11 0747 1540
12-01 0834 1503
12-21 0902 1454`,
  },
  {
    latitude: 80,
    longitude: 0,
    lines: `02-20 ---- ----
02-21 1120 1310
02-22 1052 1338
03-01 0902 1525
03-21 0545 1834
04-01 0358 2017
04-11 0146 2234
04-12 0125 2302
04-13 0057 .
04-14 **** ****
06-21 **** ****
08-29 **** ****
08-30 . 2301
08-31 0103 2234
09-01 0129 2213
09-23 0533 1808
10-19 1007 1321
10-20 1029 1258
10-21 1103 1223
10-22 ---- ----
12-21 ---- ----`,
  },
  {
    latitude: -60,
    longitude: -150,
    lines: `01-01 1243 0724
02-11 1424 0605
03-21 1603 0413
05-01 1741 0215
06-21 1906 0058
08-11 1750 0219
09-23 1545 0359
11-11 1324 0603
12-21 1232 0724`,
  },
] as const;

/**
 * Sunsets of days on which the sun hardly sets: two on one day and none on the next, as the same department gives them
 * (quoted in https://github.com/sffjunkie/astral/issues/84).
 */
export const GRAZING = [
  {
    latitude: 83.6561,
    longitude: -33.3739,
    kind: 'set',
    times: [
      '2022-09-09T01:24Z',
      '2022-09-10T00:39Z',
      '2022-09-11T00:08Z',
      '2022-09-11T23:44Z',
      '2022-09-12T23:22Z',
    ],
  },
  {
    latitude: 69.6492,
    longitude: 18.9553,
    kind: 'rise',
    times: [
      '2023-05-12T00:13Z',
      '2023-05-13T00:04Z',
      '2023-05-13T23:56Z',
      '2023-05-14T23:46Z',
      '2023-05-15T23:35Z',
      '2023-05-16T23:22Z',
    ],
  },
] as const;

/**
 * Civil twilight, dawn and dusk: of Atlanta by the same department (quoted in https://rhodesmill.org/pyephem/rise-set.html),
 * and of Tromsø in the polar night by NREL SPA and JPL DE421
 * (https://github.com/udivankin/sunrise-sunset-js/pull/47).
 */
export const CIVIL = [
  { latitude: 33.8, longitude: -84.4, dawn: '2009-09-06T10:50Z', dusk: '2009-09-07T00:21Z' },
  { latitude: 69.6496, longitude: 18.956, dawn: '2026-12-21T08:31Z', dusk: '2026-12-21T12:53Z' },
] as const;
