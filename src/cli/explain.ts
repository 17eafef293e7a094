/** `surfwatch explain`: why a running daemon judged a frame as it did. */
import { Command } from 'commander';
import { colours as pc } from './colours.ts';
import { type ExplainAnswer, explainAnswer } from './daemon/answers.ts';
import { addDaemonOptions, type DaemonFlags, runVerb, WHERE_IT_IS } from './daemon/options.ts';
import { decimals, labelsInWords, localTime } from './daemon/words.ts';
import { printTable } from './table.ts';

export function explainCommand(): Command {
  return addDaemonOptions(new Command('explain'))
    .description('tell why a running daemon judged a frame as it did')
    .argument('<frame>', 'id of the frame, as in surf/activity or the answer to capture')
    .addHelpText('after', HELP)
    .action(explain);
}

const HELP = `${WHERE_IT_IS}

For each activity it names the place that decided, as fractions of the picture, its score and the threshold. Then it lists
the labelled pictures most like that place: if they are labelled wrong, or show something else, that is the reason.

Examples:
  $ surfwatch explain 01JWNB52Q8Z3V4C0E7XK9T5R2M
  $ surfwatch explain --json 01JWNB52Q8Z3V4C0E7XK9T5R2M | jq -r '.neighbours[].frame'
`;

async function explain(frame: string, flags: DaemonFlags): Promise<void> {
  await runVerb(flags, { verb: 'explain', args: { frame }, answer: explainAnswer, print: printExplanation });
}

function printExplanation({ frame, takenAt, activity, head, ...why }: ExplainAnswer): void {
  console.log(`${pc.bold(frame)}: ${activity}; taken ${localTime(takenAt)}, head ${head}\n`);
  console.log(`${why.sentence}\n`);
  const decided = why.decided.map(({ activity: name, score, threshold, present, zone, rectangle: r }) => [
    name,
    decimals(score, 2),
    decimals(threshold, 2),
    present ? 'yes' : 'no',
    zone,
    `${decimals(r.x)} ${decimals(r.y)} ${decimals(r.w)} ${decimals(r.h)}`,
  ]);
  printTable(['activity', 'score', 'threshold', 'present', 'zone', 'place: x y width height'], decided);
  if (why.neighbours.length === 0) return;
  const alike = why.neighbours.map(({ from, frame: id, source, labels, similarity }) => [
    labelsInWords(labels),
    decimals(similarity, 2),
    id ?? `${from}: ${source ?? ''}`,
  ]);
  console.log('');
  printTable(['most like it', 'similarity', 'frame'], alike);
}
