import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { controlVerbs } from '../../src/control/verbs.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { learningVerbs } from '../../src/learning/board/verbs.ts';
import type { Message } from '../../src/messaging/connection-options.ts';
import { incomingOf } from '../../src/messaging/incoming.ts';
import { responseSchema } from '../../src/messaging/payloads.ts';
import { statusVerb } from '../../src/messaging/verbs.ts';
import { startControl } from '../control/parts.ts';
import { frame, picture, startLabels } from '../learning/labels/support.ts';
import { FUZZ_SEED, heldMB } from '../support/fuzz.ts';
import { silent } from '../support/log.ts';
import { until } from '../support/until.ts';
import { messageMaker } from './fuzz.ts';
import { clock, registryOf } from './support.ts';

/** 100,000 of them by `npm run test:faults`. */
const MESSAGES = Number(process.env.SURFWATCH_FUZZ_COMMANDS ?? 1500);
/** At a time: more than run at once, fewer and more. */
const BURSTS = [1, 5, 40, 200];

async function start() {
  const { archive, recent, labels } = await startLabels();
  const frames = [frame(undefined, 1), frame(undefined, 200), frame(undefined, 300)];
  for (const each of frames.slice(0, 2)) await archive.add(each);
  for (const each of frames.slice(2)) recent.add(each);
  const verbs = {
    status: statusVerb(() => ({ up: true })),
    ...learningVerbs({
      labels,
      retrain: async () => {
        await turn();
        throw new SurfwatchError('command-busy', 'a job runs');
      },
      cancel: () => {
        throw new Error('a fault');
      },
      rollback: to => ({ to }),
      models: () => ({ models: ['x'.repeat(1_000)] }),
      approve: id => ({ id }),
      reject: id => ({ id }),
      overlay: id => ({ head: id, jpeg: 'x'.repeat(1_000) }),
      next: count => ({ frames: Array.from({ length: count }, () => frames[0]?.id) }),
      explain: id => ({ frame: id }),
      frame: id => ({ frame: id, jpeg: 'x'.repeat(100_000) }),
    }),
    ...controlVerbs(await startControl()),
  };
  const answers: Message[] = [];
  const { onMessage } = incomingOf(
    { base: 'surf', commands: registryOf(verbs, labels), clock, log: silent },
    answer => {
      answers.push(answer);
    },
  );
  const make = messageMaker(createRandom(FUZZ_SEED), {
    verbs: Object.keys(verbs),
    frames: [...frames.map(({ id }) => id), '01JZZZZZZZ0000000000000000'],
    jpeg: await picture(),
  });
  return { answers, onMessage, make };
}

/** Where an answer may go: never where only the daemon's own values belong. */
const ANSWER_TOPIC = /^surf\/response\/[^+#]+$|^(?!surf$|surf\/|\$)[^+#\0]+$/;

it(
  `each of ${MESSAGES} messages is answered once, or ignored by rule, and nothing of them stays`,
  async () => {
    const { answers, onMessage, make } = await start();
    const codes = new Map<string, number>();
    let [sent, ignored, held] = [0, 0, 0];
    const started = performance.now();

    const burst = async (size: number): Promise<void> => {
      const messages = Array.from({ length: size }, make);
      const expected = messages.filter(({ retained }) => !retained).length;
      for (const message of messages) onMessage(message);
      await until(
        () => answers.length >= expected,
        `${expected} answers after ${sent} messages, seed ${FUZZ_SEED}`,
      );
      await turn();
      expect(answers.length).toBe(expected);
      for (const { topic, payload, retain } of answers.splice(0)) {
        const response = responseSchema.parse(JSON.parse(payload));
        const code = response.status === 'ok' ? 'ok' : response.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        expect(topic).toMatch(ANSWER_TOPIC);
        expect(retain).toBe(false);
      }
      sent += size;
      ignored += size - expected;
    };

    for (let n = 0; sent < MESSAGES; n++) {
      if (held === 0 && sent >= MESSAGES / 2) held = await heldMB();
      await burst(Math.min(BURSTS[n % BURSTS.length] ?? 1, MESSAGES - sent));
    }
    const grownMB = (await heldMB()) - held;
    if (process.env.SURFWATCH_FUZZ_COMMANDS !== undefined) {
      console.log({
        sent,
        ignored,
        grownMB,
        ms: performance.now() - started,
        codes,
        ...process.memoryUsage(),
      });
    }
    expect(grownMB).toBeLessThan(8);
    // The messages are not all of a kind.
    const met = [
      'ok',
      'command-malformed',
      'command-unknown',
      'command-invalid',
      'command-failed',
      'command-busy',
    ];
    const metOfLabels = [
      'label-frame-unknown',
      'label-activity-unknown',
      'label-malformed',
      'label-not-an-image',
    ];
    expect([...codes.keys()]).toEqual(expect.arrayContaining([...met, ...metOfLabels]));
  },
  Math.max(30_000, MESSAGES * 10),
);
