/** A daemon as the commands see it: real broker, command handler and verbs, over answers that a test gives. */
import type { Command } from 'commander';
import { vi } from 'vitest';
import { exitOnError } from '../../src/cli/exit.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { type LearningVerbParts, learningVerbs } from '../../src/learning/board/verbs.ts';
import { LEARNING_EXAMPLES } from '../../src/messaging/learning-examples.ts';
import type { Training } from '../../src/messaging/learning-payloads.ts';
import type { MessagingSetup } from '../../src/messaging/messaging.ts';
import { statusVerb } from '../../src/messaging/verbs.ts';
import { startMessaging, type TestSetup } from '../messaging/support.ts';

export const FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
export const OTHER_FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2N';
const [RUNNING_EXAMPLE, PROMOTED_EXAMPLE, HELD_EXAMPLE] = LEARNING_EXAMPLES.training;
export const RUNNING: Training = RUNNING_EXAMPLE.payload;
export const PROMOTED: Training = PROMOTED_EXAMPLE.payload;
export const HELD: Training = HELD_EXAMPLE.payload;
export const JOB = PROMOTED.job ?? '';

type Parts = Partial<Omit<LearningVerbParts, 'labels'>> & {
  readonly labels?: Partial<LearningVerbParts['labels']>;
  readonly status?: () => unknown;
};

export async function daemonWith(parts: Parts, setup: TestSetup = {}) {
  const unexpected = () => {
    throw new SurfwatchError('command-failed', 'the test has no answer to that');
  };
  const verbs = learningVerbs({
    retrain: unexpected,
    cancel: unexpected,
    rollback: unexpected,
    models: unexpected,
    approve: unexpected,
    reject: unexpected,
    overlay: unexpected,
    next: unexpected,
    explain: unexpected,
    frame: unexpected,
    ...parts,
    labels: { labelFrames: unexpected, undo: unexpected, ...parts.labels },
  });
  const pictures: { readonly names: readonly string[]; readonly bytes: Buffer }[] = [];
  const labels: MessagingSetup['labels'] = {
    labelImage: async (bytes, names) => {
      if (bytes.length < 100) throw new SurfwatchError('label-not-an-image', 'the picture: it is no JPEG');
      pictures.push({ names, bytes });
      return { frame: FRAME, labels: names.filter(name => name !== 'none') };
    },
  };
  const status = statusVerb(parts.status ?? unexpected);
  const messaging = await startMessaging({ verbs: { ...verbs, status }, labels, ...setup });
  const run = (command: Command, args: readonly string[] = []) =>
    runHere(command, [...args, '--url', messaging.address]);
  return { messaging, pictures, run };
}

/** Runs a command in this process, as the program does; not two at a time. */
export async function runHere(command: Command, args: readonly string[]) {
  const written = { output: '', errors: '' };
  const note = (to: keyof typeof written) => (text: string) => {
    written[to] += `${text}\n`;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(note('output')),
    vi.spyOn(console, 'error').mockImplementation(note('errors')),
  ];
  command.exitOverride().configureOutput({ writeErr: note('errors'), writeOut: note('output') });
  try {
    await exitOnError(() => command.parseAsync(args, { from: 'user' }));
    return { status: process.exitCode ?? 0, ...written };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
