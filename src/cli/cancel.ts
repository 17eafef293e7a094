/** `surfwatch cancel`: stops a retraining of a running daemon. */
import { Command } from 'commander';
import { jobAnswer } from './daemon/answers.ts';
import { addDaemonOptions, type DaemonFlags, runVerb, WHERE_IT_IS } from './daemon/options.ts';

export function cancelCommand(): Command {
  return addDaemonOptions(new Command('cancel'))
    .description('stop the retraining of a running daemon')
    .argument('[job]', 'id of the job; stops it only if this one is running')
    .addHelpText('after', HELP)
    .action(cancel);
}

const HELP = `${WHERE_IT_IS}

The head in use stays. Labels stay too.

Examples:
  $ surfwatch cancel
`;

async function cancel(job: string | undefined, flags: DaemonFlags): Promise<void> {
  const args = job === undefined ? {} : { job };
  const print = (answer: { job: string }) => console.log(`cancelled ${answer.job}`);
  await runVerb(flags, { verb: 'cancel', args, answer: jobAnswer, print });
}
