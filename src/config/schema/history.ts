/** Settings of what is kept of the activities of the past. */

import { formatDuration } from '../../base/duration.ts';
import { HISTORY_DEFAULTS as DEFAULTS, type HistoryOptions } from '../../history/options.ts';
import type { SchemaOf } from '../setting.ts';

export const historySchema = {
  enabled: {
    doc: 'Count the minutes of each activity, hour by hour, in `history.db` of `stateDir`: for `surfwatch history` and the topic `stats/hourly`.',
    format: 'switch',
    default: DEFAULTS.enabled,
  },
  keep: {
    doc: 'Hours and sessions older than this are deleted.',
    format: 'duration',
    default: formatDuration(DEFAULTS.keepMs),
    min: 86_400_000,
  },
  writeEvery: {
    doc: 'Write at most this often; so much is lost at most when the process is killed.',
    format: 'duration',
    default: formatDuration(DEFAULTS.writeEveryMs),
    min: 1_000,
    max: 3_600_000,
  },
} as const satisfies SchemaOf<HistoryOptions>;
