/** What is kept of the activities of the past, and how. */
export interface HistoryOptions {
  readonly enabled: boolean;
  /** Hours and sessions older than this are deleted. */
  readonly keepMs: number;
  /** At most this much is lost when the process is killed; each write wears the disk. */
  readonly writeEveryMs: number;
}

const DAY_MS = 86_400_000;

export const HISTORY_DEFAULTS: HistoryOptions = {
  enabled: true,
  keepMs: 3650 * DAY_MS,
  writeEveryMs: 60_000,
};
