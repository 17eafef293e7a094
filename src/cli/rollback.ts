/** `surfwatch rollback`: puts a running daemon back on an earlier head. */
import { Command } from 'commander';
import { rollbackAnswer } from './daemon/answers.ts';
import { addDaemonOptions, type DaemonFlags, runVerb, WHERE_IT_IS } from './daemon/options.ts';

export function rollbackCommand(): Command {
  return addDaemonOptions(new Command('rollback'))
    .description('return a running daemon to an earlier head')
    .argument('[to]', 'id of a head, or shipped (default: the one in use before)')
    .addHelpText('after', HELP)
    .action(rollback);
}

const HELP = `${WHERE_IT_IS}

It takes effect before the next picture and survives restarts. Labels stay: the next retraining learns from all of them again.

Examples:
  $ surfwatch rollback
  $ surfwatch rollback shipped
  $ surfwatch rollback 2026-05-30T20-11Z-7f3c
`;

async function rollback(to: string | undefined, flags: DaemonFlags): Promise<void> {
  const args = to === undefined ? {} : { to };
  const print = (moved: { from: string; to: string }) => console.log(`from ${moved.from}\nto   ${moved.to}`);
  await runVerb(flags, { verb: 'rollback', args, answer: rollbackAnswer, print });
}
