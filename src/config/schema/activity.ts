/** Settings of how scores become a reported activity. */
import { type ActivityOptions, DEFAULT_ACTIVITY_OPTIONS as DEFAULTS } from '../../activity/options.ts';
import { formatDuration } from '../../base/duration.ts';
import type { SchemaOf } from '../setting.ts';

export const activitySchema = {
  halfLife: {
    doc: 'Half-life of the smoothing: after this long a new level counts for half. 0 smooths nothing.',
    format: 'duration',
    default: formatDuration(DEFAULTS.halfLifeMs),
  },
  dwell: {
    doc: 'A changed activity is reported after it held this long, and for three pictures at least.',
    format: 'duration',
    default: formatDuration(DEFAULTS.dwellMs),
  },
  unknownDwell: {
    doc: "A picture that can't be judged makes the activity `unknown` after this long, and two pictures at least.",
    format: 'duration',
    default: formatDuration(DEFAULTS.unknownDwellMs),
  },
  leaveRatio: {
    doc: 'An activity leaves at its enter threshold times this: the gap between both stops flapping.',
    format: 'ratio',
    default: DEFAULTS.leaveRatio,
  },
  heartbeat: {
    doc: 'The state is published again at least this often.',
    format: 'duration',
    default: formatDuration(DEFAULTS.heartbeatMs),
    min: 1_000,
  },
  staleAfter: {
    doc: 'Without a picture for this long the activity is `unknown`. At least twice `camera.interval`.',
    format: 'duration',
    default: formatDuration(DEFAULTS.staleAfterMs),
    min: 1_000,
  },
  sessionUpdate: {
    doc: 'The event `session_updated` is sent at most this often.',
    format: 'duration',
    default: formatDuration(DEFAULTS.sessionUpdateMs),
    min: 1_000,
  },
  sessionGap: {
    doc: 'A session outlives an `unknown` of this length.',
    format: 'duration',
    default: formatDuration(DEFAULTS.sessionGapMs),
  },
  thresholds: {
    doc: 'Enter thresholds over those of the head, 0 to 1: `{"surfing": 0.6}`. Above 0.982 an activity is switched off.',
    format: 'ratios',
    default: DEFAULTS.thresholds,
  },
} as const satisfies SchemaOf<ActivityOptions>;
