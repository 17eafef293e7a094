/** Settings of how scores become a reported activity. */
import type { SettingTree } from '../setting.ts';

export const activitySchema = {
  halfLife: {
    doc: 'Half-life of the smoothing: after this long a new level counts for half. 0 smooths nothing.',
    format: 'duration',
    default: '6s',
  },
  dwell: {
    doc: 'A changed activity is reported after it held this long, and for three pictures at least.',
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
    doc: 'Without a picture for this long the activity is `unknown`. At least twice `camera.interval`.',
    format: 'duration',
    default: '30s',
    min: 1_000,
  },
  sessionGap: {
    doc: 'A session outlives an `unknown` of this length.',
    format: 'duration',
    default: '2m',
  },
  thresholds: {
    doc: 'Enter thresholds over those of the head, 0 to 1: `{"surfing": 0.6}`. Above 0.982 an activity is switched off.',
    format: 'ratios',
    default: {},
  },
} as const satisfies SettingTree;
