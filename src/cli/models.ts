/** `surfwatch models`: the heads that a running daemon has, and how they came. */
import { Command, Option } from 'commander';
import { replaceFile } from '../base/durable.ts';
import { SurfwatchError } from '../errors.ts';
import type { Requester } from '../messaging/request.ts';
import { colours as pc } from './colours.ts';
import {
  type ModelsAnswer,
  modelsAnswer,
  overlayAnswer,
  readAnswer,
  rejectedAnswer,
  rollbackAnswer,
} from './daemon/answers.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { decimals, localTime } from './daemon/words.ts';
import { printTable } from './table.ts';

interface ModelsFlags extends DaemonFlags {
  readonly history: boolean;
  readonly approve?: string;
  readonly reject?: string;
  readonly overlay?: string;
}

export function modelsCommand(): Command {
  return addDaemonOptions(new Command('models'))
    .description('list the heads of a running daemon: shipped, and made on the board')
    .option('--history', 'show which heads were promoted, held, rejected and rolled back', false)
    .addOption(
      new Option('--approve <id>', 'promote the head that waits for approval').conflicts([
        'reject',
        'overlay',
        'history',
      ]),
    )
    .addOption(
      new Option('--reject <id>', 'delete the head that waits for approval').conflicts([
        'overlay',
        'history',
      ]),
    )
    .addOption(
      new Option(
        '--overlay <file>',
        'write a JPEG of the riders that the head in use finds (left) and those of the head that waits (right)',
      ).conflicts('history'),
    )
    .addHelpText('after', HELP)
    .action(models);
}

const HELP = `${WHERE_IT_IS}

The figures are those by which the gate passed a head: macro-F1 on the data shipped with it, and on this beach.

A retraining whose head may be wrong is held for approval: it is not in use until somebody approves it, and the next
retraining that is promoted or held takes its place.

Examples:
  $ surfwatch models
  $ surfwatch models --overlay both-heads.jpg
  $ surfwatch models --approve 2026-06-01T10-44Z-b85e
  $ surfwatch models --history
  $ surfwatch models --json | jq -r .current
`;

async function models(flags: ModelsFlags): Promise<void> {
  await askDaemon(flags, async daemon => {
    const { approve, reject, overlay, json } = flags;
    const ask: Ask = (verb, args) => daemon.request(verb, args, { timeoutMs: flags.timeout });
    if (overlay !== undefined) return writeOverlay(ask, overlay, json);
    if (approve !== undefined || reject !== undefined) {
      const data = await ask(approve === undefined ? 'reject' : 'approve', { head: approve ?? reject });
      if (json) console.log(JSON.stringify(data));
      else if (approve === undefined)
        console.log(`rejected ${readAnswer('reject', rejectedAnswer, data).rejected}`);
      else {
        const { from, to } = readAnswer('approve', rollbackAnswer, data);
        console.log(`from ${from}\nto   ${to}`);
      }
      return;
    }
    const data = await ask('models', {});
    if (json) return console.log(JSON.stringify(data));
    const known = readAnswer('models', modelsAnswer, data);
    if (flags.history) printHistory(known);
    else printModels(known);
  });
}

type Ask = (verb: string, args: Readonly<Record<string, unknown>>) => ReturnType<Requester['request']>;

/** @throws SurfwatchError `model-not-held`, `model-overlay-none` */
async function writeOverlay(ask: Ask, file: string, json: boolean): Promise<void> {
  const { held } = readAnswer('models', modelsAnswer, await ask('models', {}));
  if (held == null) throw new SurfwatchError('model-not-held', 'no head waits for approval');
  const { head, jpeg } = readAnswer('models', overlayAnswer, await ask('models', { overlay: held.id }));
  await replaceFile(file, Buffer.from(jpeg, 'base64'));
  console.log(json ? JSON.stringify({ head, out: file }) : `${head}: drawn in ${file}`);
}

function printModels({ models, current, held }: ModelsAnswer): void {
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
  if (held == null) return;
  console.log(`\n${pc.yellow('held')}: ${held.id} of ${localTime(held.at)} waits for --approve or --reject`);
  for (const reason of held.reasons) console.log(`  ${reason}`);
}

function printHistory({ history }: ModelsAnswer): void {
  if (history.length === 0) {
    console.log('nothing was promoted, held, rejected or rolled back yet');
    return;
  }
  const rows = history.map(({ at, event, from, to, candidate, reasons }) => [
    localTime(at),
    event,
    from ?? '',
    to ?? candidate ?? '',
    reasons.join(' '),
  ]);
  printTable(['at', 'what', 'head before', 'head after', 'why'], rows);
}
