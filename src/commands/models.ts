/** `surfwatch models`: the heads that a running daemon has, and how they came. */
import { Command } from 'commander';
import { colours as pc } from './colours.ts';
import { type ModelsAnswer, modelsAnswer, readAnswer } from './daemon/answers.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { decimals, localTime } from './daemon/words.ts';
import { printTable } from './table.ts';

interface ModelsFlags extends DaemonFlags {
  readonly history: boolean;
}

export function modelsCommand(): Command {
  return addDaemonOptions(new Command('models'))
    .description('list the heads of a running daemon: shipped, and made on the board')
    .option('--history', 'what was promoted, rejected and rolled back', false)
    .addHelpText('after', HELP)
    .action(models);
}

const HELP = `${WHERE_IT_IS}

The figures are those by which the gate let a head pass: macro-F1 on the data that came with it, and on this beach.

Examples:
  $ surfwatch models
  $ surfwatch models --history
  $ surfwatch models --json | jq -r .current
`;

async function models(flags: ModelsFlags): Promise<void> {
  const data = await askDaemon(flags, daemon => daemon.request('models', {}, { timeoutMs: flags.timeout }));
  if (flags.json) return console.log(JSON.stringify(data));
  const known = readAnswer('models', modelsAnswer, data);
  if (flags.history) printHistory(known);
  else printModels(known);
}

function printModels({ models, current }: ModelsAnswer): void {
  const rows = models.map(({ id, createdAt, origin, parent, activities, figures }) => [
    id === current ? pc.green('*') : '',
    id,
    origin ?? '',
    localTime(createdAt),
    decimals(figures?.base?.candidate.macroF1),
    decimals(figures?.board?.candidate.macroF1),
    parent ?? '',
    activities.join(', '),
  ]);
  printTable(['', 'head', 'from', 'made', 'base F1', 'beach F1', 'begun from', 'activities'], rows);
}

function printHistory({ history }: ModelsAnswer): void {
  if (history.length === 0) {
    console.log('nothing was promoted, rejected or rolled back yet');
    return;
  }
  const rows = history.map(({ at, event, from, to, reasons }) => [
    localTime(at),
    event,
    from ?? '',
    to ?? '',
    reasons.join(' '),
  ]);
  printTable(['at', 'what', 'head before', 'head after', 'why'], rows);
}
