/** `surfwatch pause` and `surfwatch resume`: has a running daemon leave the camera alone, or look again. */
import { Command, Option } from 'commander';
import type * as z from 'zod';
import { pauseAnswer } from './daemon/answers.ts';
import { addDaemonOptions, type DaemonFlags, runVerb, WHERE_IT_IS } from './daemon/options.ts';
import { localTime } from './daemon/words.ts';

interface PauseFlags extends DaemonFlags {
  readonly until?: string;
  readonly reason?: string;
}

export function pauseCommand(): Command {
  return addDaemonOptions(new Command('pause'))
    .description('have a running daemon leave the camera alone')
    .argument('[duration]', 'how long: 30m, 2h, 1d (default: until resume)')
    .addOption(new Option('--until <time>', 'when the pause ends: 2026-06-01T18:00:00+02:00'))
    .option('--reason <text>', 'why, for those who see the state')
    .addHelpText('after', PAUSE_HELP)
    .action(pause);
}

const PAUSE_HELP = `${WHERE_IT_IS}

For privacy, or while somebody works on the camera. It returns once the daemon leaves the camera alone. The state is then
"paused", the activity "unknown", and open sessions end. A pause survives a restart of the daemon.

Examples:
  $ surfwatch pause
  $ surfwatch pause 2h --reason "cleaning the lens"
  $ surfwatch pause --until 2026-06-01T18:00:00+02:00
`;

export function resumeCommand(): Command {
  return addDaemonOptions(new Command('resume'))
    .description('end the pause of a running daemon')
    .addHelpText('after', RESUME_HELP)
    .action(resume);
}

const RESUME_HELP = `${WHERE_IT_IS}

Examples:
  $ surfwatch resume
`;

async function pause(duration: string | undefined, flags: PauseFlags): Promise<void> {
  const { until, reason } = flags;
  const args = {
    ...(duration !== undefined && { for: duration }),
    ...(until !== undefined && { until }),
    ...(reason !== undefined && { reason }),
  };
  await runVerb(flags, { verb: 'pause', args, answer: pauseAnswer, print });
}

async function resume(flags: DaemonFlags): Promise<void> {
  await runVerb(flags, { verb: 'resume', args: {}, answer: pauseAnswer, print });
}

function print({ paused, since, until, kept }: z.infer<typeof pauseAnswer>): void {
  if (!paused || since === null) console.log('not paused: the daemon looks at the beach');
  else {
    const end = until === null ? 'until surfwatch resume' : `until ${localTime(until)}`;
    console.log(`paused since ${localTime(since)}, ${end}`);
  }
  if (!kept) console.error('the disk of the daemon failed: after a restart the opposite would hold');
}
