/** Sets a damaged file aside, as `FILE.corrupt-<time>`, so that a new one can take its place and nothing is lost. */
import { existsSync, renameSync } from 'node:fs';

/** Matches the name of what was set aside; its group is the time. */
export const SET_ASIDE = /\.corrupt-(\d{4}-\d{2}-\d{2}T[\d.-]+Z)$/;
/** The files of an SQLite database belong together: SQLite finds the log by its name. */
export const DATABASE_ENDINGS: readonly string[] = ['', '-wal', '-shm'];

/** @returns where it was put @throws whatever the file system says */
export function setAside(path: string, now: number): string {
  const aside = `${path}.corrupt-${timeInName(now)}`;
  for (const ending of DATABASE_ENDINGS)
    if (ending === '' || existsSync(path + ending)) renameSync(path + ending, aside + ending);
  return aside;
}

/**
 * `2026-06-01T09-14-03.120Z`: sorts by time, and is a name on every file system.
 *
 * @param now milliseconds since the epoch (UTC)
 */
export function timeInName(now: number): string {
  return new Date(now).toISOString().replaceAll(':', '-');
}
