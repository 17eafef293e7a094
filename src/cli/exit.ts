/** How a command ends: its exit status, and what is said when something goes wrong. */
import { CommanderError } from 'commander';
import { ERROR_LEVEL, isJournal, withPriority } from '../base/journal.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { errorColours as pc } from './colours.ts';

/** Exit statuses; 70 and 78 are EX_SOFTWARE and EX_CONFIG of sysexits.h. */
export const EXIT = { ok: 0, failure: 1, usage: 2, defect: 70, config: 78 } as const;

/**
 * Runs a command; an error a user can meet is said in three lines with its code and remedy, and sets the exit status
 * of its kind. A wrong option or argument, which commander has explained already, is 2. Anything else is a defect: it
 * keeps its stack, and ends with 70.
 */
export async function exitOnError(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.exitCode = sayError(error);
  }
}

function sayError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  // The last words of a daemon are errors in the journal too.
  const tagged = isJournal(process.env, 2);
  const say = (text: string) => console.error(tagged ? withPriority(text, ERROR_LEVEL) : text);
  if (error instanceof SurfwatchError) {
    say(`${pc.red(error.code)}: ${error.message}\n${error.remedy}`);
    return error.exitStatus;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  return EXIT.defect;
}

/**
 * Ends the process quietly when whoever reads its output has enough, as `surfwatch classify … | head -1` has.
 * Not for the daemon: it does not live for its output.
 */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });
}
