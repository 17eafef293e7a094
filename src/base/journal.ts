/** Priorities for the journal of systemd: `<4>` before a line (sd-daemon(3)), which the journal takes off again. */
import { fstatSync } from 'node:fs';

/** The priorities of pino's levels, lowest first: debug 7, info 6, warning 4, error 3, critical 2. */
const PRIORITIES: readonly (readonly [below: number, priority: number])[] = [
  [30, 7],
  [40, 6],
  [50, 4],
  [60, 3],
];
const CRITICAL = 2;
export const ERROR_LEVEL = 50;

/**
 * Whether what is written to a file descriptor goes to the journal at once, and not through a terminal or a pipe: systemd
 * names it in `$JOURNAL_STREAM`, which what a service starts inherits too (systemd.exec(5)).
 */
export function isJournal(env: NodeJS.ProcessEnv, fd: number): boolean {
  const named = env.JOURNAL_STREAM;
  if (named === undefined || named === '') return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** The text with its priority before each line. @param level of pino */
export function withPriority(text: string, level: number): string {
  const priority = PRIORITIES.find(([below]) => level < below)?.[1] ?? CRITICAL;
  return text.replaceAll(/^(?=.)/gm, `<${priority}>`);
}
