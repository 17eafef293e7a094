/** Settings of how scores become a reported activity. */
import type { SettingTree } from '../setting.ts';

export const activitySchema = {
  halfLife: {
    doc: 'Half-life of the smoothing: after this long a new level counts for half. 0 turns smoothing off.',
    format: 'duration',
    default: '6s',
  },
  dwell: {
    doc: 'A changed activity is reported once it has held this long, and for at least three pictures.',
    format: 'duration',
    default: '8s',
  },
  heartbeat: {
    doc: 'The state is published again at least this often.',
    format: 'duration',
    default: '1m',
    min: 1_000,
  },
  staleAfter: {
    doc: 'After this long without a picture the activity is `unknown`. At least twice `camera.interval`.',
    format: 'duration',
    default: '30s',
    min: 1_000,
  },
  sessionGap: {
    doc: 'A session continues through an `unknown` of up to this length.',
    format: 'duration',
    default: '2m',
  },
  thresholds: {
    doc: 'Thresholds for an activity to become present, which override those of the head, 0 to 1: `{"surfing": 0.6}`. Above 0.982 an activity is switched off.',
    format: 'ratios',
    default: {},
  },
} as const satisfies SettingTree;
