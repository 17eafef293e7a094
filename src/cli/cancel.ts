/** `surfwatch cancel`: stops a retraining of a running daemon. */
import { Command } from 'commander';
import { jobAnswer, readAnswer } from './daemon/answers.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';

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
  const data = await askDaemon(flags, daemon => daemon.request('cancel', args, { timeoutMs: flags.timeout }));
  if (flags.json) return console.log(JSON.stringify(data));
  console.log(`cancelled ${readAnswer('cancel', jobAnswer, data).job}`);
}
