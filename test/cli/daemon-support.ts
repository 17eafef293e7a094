/** A daemon as the commands see it: real broker, command handler and verbs, over answers that a test gives. */
import type { Command } from 'commander';
import { LEARNING_EXAMPLES } from '../../scripts/docs/examples/learning.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { type LearningVerbDeps, learningVerbs } from '../../src/learning/board/verbs.ts';
import type { Training } from '../../src/messaging/learning-payloads.ts';
import { type PictureLabeller, statusVerb } from '../../src/messaging/verbs.ts';
import { type Given, plainBroker, QUICK, startMessaging } from '../messaging/support.ts';
import { runHere } from './support.ts';

export const FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
export const OTHER_FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2N';
const [RUNNING_EXAMPLE, PROMOTED_EXAMPLE, HELD_EXAMPLE] = LEARNING_EXAMPLES.training;
export const RUNNING: Training = RUNNING_EXAMPLE.payload;
export const PROMOTED: Training = PROMOTED_EXAMPLE.payload;
export const HELD: Training = HELD_EXAMPLE.payload;
export const JOB = PROMOTED.job ?? '';

type Parts = Partial<Omit<LearningVerbDeps, 'labels'>> & {
  readonly labels?: Partial<LearningVerbDeps['labels']>;
  readonly status?: () => unknown;
};

export async function daemonWith(parts: Parts, setup: Given = {}) {
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
  const labels: PictureLabeller = {
    labelImage: async (bytes, names) => {
      if (bytes.length < 100) throw new SurfwatchError('label-not-an-image', 'the picture: it is no JPEG');
      pictures.push({ names, bytes });
      return { frame: FRAME, labels: names.filter(name => name !== 'none') };
    },
  };
  const status = statusVerb(parts.status ?? unexpected);
  // The embedded broker would be a process of its own for each.
  const mqtt = setup.mqtt ?? { ...QUICK, url: (await plainBroker()).url };
  const messaging = await startMessaging({ verbs: { ...verbs, status }, pictures: labels, ...setup, mqtt });
  const run = (command: Command, args: readonly string[] = []) =>
    runHere(command, [...args, '--url', messaging.address]);
  return { messaging, pictures, run };
}
