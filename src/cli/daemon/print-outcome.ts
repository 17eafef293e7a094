/** What came of a retraining, for people. */
import type { GateComparison } from '../../learning/retrain/types.ts';
import type { Training } from '../../messaging/learning-payloads.ts';
import { DaemonError } from '../../messaging/requester-faults.ts';
import { colours as pc } from '../colours.ts';
import { printTable } from '../table.ts';
import { decimals } from './words.ts';

const SAYINGS = {
  promoted: 'the new head is in use',
  held: 'the new head may be wrong and waits, the head in use stays',
  rejected: 'the head in use stays',
  'dry-run': 'only measured, the head in use stays',
} as const;

/** Whether the job did what was asked of it. */
export function isGood({ result }: Training): boolean {
  return result?.outcome === 'promoted' || result?.outcome === 'dry-run';
}

/** @param training of a job that is over */
export function printOutcome(training: Training): void {
  const { state, job, result, error, startedAt, finishedAt } = training;
  if (result === null) {
    console.log(`${pc.yellow(state)}: job ${job}; the head in use stays`);
    // What was asked for by a person needs no remedy.
    if (error === null || state === 'cancelled') return;
    console.log(`${error.code}: ${error.message}\n${new DaemonError(error.code, error.message).remedy}`);
    return;
  }
  const { outcome, head, candidate, reasons, base, board, samples } = result;
  const rows = [
    ...figureRows(board, judged => `this beach (${judged} held out)`),
    ...figureRows(base, judged => `shipped data (${judged} held out)`),
  ];
  if (rows.length > 0) {
    printTable(['judged on', '', 'in use', 'new', 'change'], rows);
    console.log('');
  }
  const paint = isGood(training) ? pc.green : pc.yellow;
  console.log(`${paint(outcome)}: ${SAYINGS[outcome]}; head ${head}`);
  for (const { text } of reasons) console.log(`  ${text}`);
  if (outcome === 'held')
    console.log(
      `look at it:  surfwatch models --overlay both-heads.jpg\nthen decide: surfwatch models --approve ${candidate}, or --reject ${candidate}`,
    );
  const took = startedAt === null || finishedAt === null ? '' : `, ${seconds(startedAt, finishedAt)} s`;
  console.log(
    `learnt from ${samples.board} labelled frames of this beach and ${samples.base} shipped embeddings${took}`,
  );
}

function seconds(from: string, to: string): string {
  return ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
}

/** Figures on data that neither head was fitted to. */
function figureRows(compared: GateComparison | null, where: (judged: number) => string): string[][] {
  if (compared === null) return [];
  const { incumbent, candidate } = compared;
  const names = [...new Set([...Object.keys(incumbent.recall), ...Object.keys(candidate.recall)])];
  return [
    row(where(candidate.judged), 'macro-F1', incumbent.macroF1, candidate.macroF1),
    row('', 'accuracy', incumbent.accuracy, candidate.accuracy),
    ...names.map(name => row('', `recall ${name}`, incumbent.recall[name], candidate.recall[name])),
  ];
}

function row(
  where: string,
  what: string,
  before: number | null | undefined,
  after: number | null | undefined,
): string[] {
  const change = before == null || after == null ? '' : signed(after - before);
  return [where, what, decimals(before), decimals(after), change];
}

function signed(change: number): string {
  const text = Math.abs(change).toFixed(3);
  if (text === '0.000') return '=';
  return `${change > 0 ? '+' : '−'}${text}`;
}
