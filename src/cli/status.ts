/** `surfwatch status`: show what a running daemon sees, runs and has learnt. */
import { Command } from 'commander';
import { colours as pc } from './colours.ts';
import { type StatusAnswer, statusAnswer } from './daemon/answers.ts';
import { addDaemonOptions, type DaemonFlags, runVerb, WHERE_IT_IS } from './daemon/options.ts';
import { activityInWords, countsInWords, localTime } from './daemon/words.ts';

export function statusCommand(): Command {
  return addDaemonOptions(new Command('status'))
    .description('say what a running daemon sees, runs and has learnt')
    .addHelpText('after', HELP)
    .action(status);
}

const HELP = `${WHERE_IT_IS}

Each raised alert is a line; the fields of the answer are those of the topics, see docs/mqtt.md.

For each activity it says how many labels it has, how much they have improved results so far, how much ten more are likely
to, and whether the pictures drift away from those the model knows.

Examples:
  $ surfwatch status
  $ surfwatch status --url mqtt://192.168.1.5 --site north-pier
  $ surfwatch status --json | jq .learning
`;

async function status(flags: DaemonFlags): Promise<void> {
  await runVerb(flags, { verb: 'status', args: {}, answer: statusAnswer, print: printStatus });
}

function printStatus({ state, activity, info, health, alerts, learning }: StatusAnswer): void {
  say('site', activity.site);
  say('state', [state.state, ...(state.reason === undefined ? [] : [`(${state.reason})`])].join(' '));
  say('activity', `${activityInWords(activity, pc.bold)} since ${localTime(activity.since)}`);
  if (activity.count != null) say('riders', countsInWords(activity.count));
  say('frame', activity.frame ?? 'none yet');
  if (info !== null) {
    say('version', info.version);
    say('head', info.head.id);
    say('activities', info.activities.join(', '));
  }
  const { frames, rateHz } = health;
  say(
    'frames',
    `${frames.classified} judged, ${frames.dropped} dropped, ${frames.failed} failed; ${rateHz.toFixed(2)} a second lately`,
  );
  for (const [id, text] of Object.entries(alerts ?? {})) say('alert', `${pc.red(id)}: ${text}`);
  if (learning == null) return;
  console.log('');
  const { archive, progress, drift, training } = learning;
  if (training != null)
    say('training', training.job == null ? training.state : `${training.state}, job ${training.job}`);
  if (archive != null) {
    const { frames: kept, labelled, bytes, labels } = archive;
    say('archive', `${kept} frames, ${Math.round(bytes / 1e6)} MB; ${labelled} of them labelled`);
    say('labels', countsInWords(labels));
  }
  for (const [name, { sentence }] of Object.entries(progress?.activities ?? {})) say(name, sentence);
  if (drift != null) say('drift', drift.alert ?? drift.reasons.join(' '));
}

function say(what: string, text: string): void {
  console.log(`${what.padEnd(12)} ${text}`);
}
