/** `surfwatch retrain`: has a running daemon learn from its labels, and shows what comes of it. */
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import type { Training } from '../messaging/learning-payloads.ts';
import { jobAnswer, readAnswer } from './daemon/answers.ts';
import { followJob } from './daemon/follow-job.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { isGood, printOutcome } from './daemon/print-outcome.ts';
import { EXIT } from './exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { wholeNumber } from './parse.ts';

interface RetrainFlags extends DaemonFlags {
  readonly epochs?: number;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly only?: readonly string[];
  readonly wait: boolean;
}

/** 128 and the number of SIGINT, as a shell has it. */
const DETACHED = 130;

export function retrainCommand(): Command {
  return addDaemonOptions(new Command('retrain'))
    .description('have a running daemon learn from its labels, and say whether it got better')
    .option(
      '--epochs <count>',
      'maximum passes over the data; it ends sooner if more would not help',
      wholeNumber(1),
    )
    .option('--dry-run', 'only measure: the head in use stays', false)
    .option('--force', 'promote the new head even if the gate is against it', false)
    .option(
      '--only <names...>',
      'learn only from labels of these activities or ways (mqtt, page, image, folder, cli)',
    )
    .option('--no-wait', 'return as soon as the job is accepted')
    .addHelpText('after', HELP)
    .action(retrain);
}

const HELP = `
The daemon keeps watching meanwhile. A new head is promoted if it is no worse than the one in use on data that neither saw:
by at most 0.02 in macro-F1, and 0.1 in the recall of any activity. One that may be wrong, because it finds riders where nobody
was seen or pointed at, is held until surfwatch models --approve or --reject. Ctrl-C leaves the job running; surfwatch cancel
stops it.
${WHERE_IT_IS}

Exit status: 0 promoted (with --dry-run: measured), 1 held, rejected, failed or cancelled, 130 after Ctrl-C.

Examples:
  $ surfwatch retrain
  $ surfwatch retrain --dry-run --epochs 30
  $ surfwatch retrain --only folder --no-wait
  $ surfwatch retrain --json | jq -r .result.outcome
`;

async function retrain(flags: RetrainFlags): Promise<void> {
  const { epochs, dryRun, force, only, timeout, json } = flags;
  const args = {
    ...(epochs !== undefined && { epochs }),
    ...(dryRun && { dryRun }),
    ...(force && { force }),
    ...(only !== undefined && { only }),
  };
  await askDaemon(flags, async daemon => {
    const following = flags.wait ? await followJob(daemon) : undefined;
    const { job } = readAnswer(
      'retrain',
      jobAnswer,
      await daemon.request('retrain', args, { timeoutMs: timeout }),
    );
    if (following === undefined) {
      console.log(json ? JSON.stringify({ job }) : `job ${job}: surfwatch status shows how far it is`);
      return;
    }
    const progress = startTrainingProgress(json);
    const { signal, release } = untilInterrupted(`job ${job} goes on; surfwatch cancel stops it`);
    try {
      const outcome = await following.outcomeOf(job, progress.show, signal);
      progress.stop();
      if (outcome === 'detached') process.exitCode = DETACHED;
      else {
        if (json) console.log(JSON.stringify(outcome));
        else printOutcome(outcome);
        if (!isGood(outcome)) process.exitCode = EXIT.failure;
      }
    } finally {
      progress.stop();
      release();
    }
  });
}

/** How far it is: a bar for a person, a line now and then in a log, nothing where a script reads the answer. */
interface TrainingProgress {
  readonly show: (update: Training) => void;
  /** May be called twice. */
  readonly stop: () => void;
}

const STEPS = 1000;
/** Milliseconds between two lines of a log. */
const LOG_EVERY = 15_000;

function startTrainingProgress(json: boolean): TrainingProgress {
  if (json && !process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: '{state} {bar} {percentage} %{loss}{left}',
    stream: process.stderr,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LOG_EVERY,
  });
  bar.start(STEPS, 0, { state: 'queued', loss: '', left: '' });
  return {
    show: ({ state, progress, loss, secondsLeft }) =>
      bar.update(Math.floor(progress * STEPS), {
        state,
        loss: loss === null ? '' : `  loss ${loss.toFixed(3)}`,
        left: secondsLeft === null ? '' : `  ${Math.ceil(secondsLeft)} s left`,
      }),
    stop: () => bar.stop(),
  };
}
