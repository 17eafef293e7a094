/** Settings of when the camera is watched. */
import type { SettingTree } from '../setting.ts';

const HOUR_MS = 3_600_000;
/** Beyond these a morning could come after its evening. */
const OFFSET = { min: -6 * HOUR_MS, max: 6 * HOUR_MS } as const;

export const scheduleSchema = {
  enabled: {
    doc: 'Watch the camera only by daylight and in the windows below; outside them the state is `night` or `closed` and no picture is taken. `surfwatch schedule` shows the coming days.',
    format: 'switch',
    default: false,
  },
  daylight: {
    doc: 'What counts as daylight.',
    format: 'choice',
    default: 'sun',
    choices: {
      sun: 'from sunrise to sunset: the centre of the sun 0.833° below the horizon',
      civil: 'civil twilight too: the centre of the sun 6° below the horizon',
      all: 'every hour: the windows alone',
    },
  },
  latitude: {
    doc: 'Where the beach is, in degrees; south is negative.',
    format: 'decimal',
    default: null,
    none: 'null',
    noneMeans: 'not known',
    min: -90,
    max: 90,
  },
  longitude: {
    doc: 'Where the beach is, in degrees; west is negative.',
    format: 'decimal',
    default: null,
    none: 'null',
    noneMeans: 'not known',
    min: -180,
    max: 180,
  },
  morningOffset: {
    doc: 'How long after the beginning of daylight to begin; `-30m` is half an hour before it.',
    format: 'offset',
    default: '0s',
    ...OFFSET,
  },
  eveningOffset: {
    doc: 'How long after the end of daylight to end; `-30m` is half an hour before it.',
    format: 'offset',
    default: '0s',
    ...OFFSET,
  },
  windows: {
    doc: 'Windows of the week: `[{"days": ["mon-fri"], "from": "08:00", "to": "20:00"}]`. Without `days`, every day; if `to` is at or before `from`, until the next day. None: all week. A window counts only together with daylight.',
    format: 'windows',
    default: [],
  },
  timeZone: {
    doc: 'Time zone of the beach, such as `Europe/Lisbon`: for the windows, and for the days of the history.',
    format: 'timeZone',
    default: null,
    none: 'null',
    noneMeans: 'that of the system',
  },
} as const satisfies SettingTree;
