/** What is kept of the activities of the past. */
export interface HistoryOptions {
  readonly enabled: boolean;
  /** Hours and sessions older than this are deleted. */
  readonly keepMs: number;
}
