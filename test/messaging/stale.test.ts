import { expect, it } from 'vitest';
import * as z from 'zod';
import { commandHandler } from '../../src/messaging/commands.ts';
import type { Message } from '../../src/messaging/connection-options.ts';
import { type Response, responseSchema } from '../../src/messaging/payloads.ts';
import { defineVerb } from '../../src/messaging/verbs.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { silent } from '../support/log.ts';
import { registryOf } from './support.ts';

const START = Date.UTC(2026, 5, 1, 9, 0, 0);
const MINUTE = 60_000;

function board(startMs = START) {
  const clock = fakeClock(startMs);
  const answers: Message[] = [];
  const given: unknown[] = [];
  const run = defineVerb({
    doc: 'Notes its arguments.',
    args: z.looseObject({}),
    run: args => ({ runs: given.push(args) }),
  });
  const handle = commandHandler({
    base: 'surf',
    commands: registryOf({ run, label: run }),
    clock,
    log: silent,
    answer: message => void answers.push(message),
  });
  const ask = async (fields: object, topic = 'surf/command/run'): Promise<Response> => {
    await handle({ topic, payload: Buffer.from(JSON.stringify(fields)), retained: false });
    return responseSchema.parse(JSON.parse(answers.at(-1)?.payload ?? ''));
  };
  return { clock, ask, given };
}

const iso = (ms: number) => new Date(ms).toISOString();

it('a command of lately runs, an old one is answered and does not', async () => {
  const { ask, given } = board();
  for (const ts of [iso(START), START - 5 * MINUTE, '2026-06-01T11:00:00+02:00'])
    expect(await ask({ ts })).toMatchObject({ status: 'ok' });
  expect(given).toEqual([{}, {}, {}]);
  const stale = await ask({ ts: iso(START - 5 * MINUTE - 1), transaction: 'late' });
  expect(stale).toMatchObject({ status: 'error', code: 'command-stale', transaction: 'late' });
  expect(stale.status === 'error' && stale.error).toContain(iso(START));
  expect(given).toHaveLength(3);
});

it('what ran once is answered again, however late it is repeated', async () => {
  const { ask, given, clock } = board();
  const command = { ts: iso(START), transaction: 'once' };
  await ask(command);
  await clock.advance(60 * MINUTE);
  expect(await ask(command)).toMatchObject({ status: 'ok', data: { runs: 1 } });
  expect(given).toHaveLength(1);
});

it('a board that wakes up in the past takes commands, before its clock is set and after', async () => {
  const { ask, clock } = board(Date.UTC(1970, 0, 1));
  expect(await ask({ ts: iso(START) })).toMatchObject({ status: 'ok' });
  clock.jump(START - clock.now());
  expect(await ask({ ts: iso(START) })).toMatchObject({ status: 'ok' });
  expect(await ask({})).toMatchObject({ status: 'ok' });
});

it('a sender whose clock was never set is taken as one that does not know the time', async () => {
  const { ask } = board();
  expect(await ask({ ts: 12_345 })).toMatchObject({ status: 'ok' });
  expect(await ask({ ts: '2000-01-01T00:00:30Z' })).toMatchObject({ status: 'ok' });
});

it('a time that cannot be read is refused, as nothing can be told of its age', async () => {
  const { ask } = board();
  for (const ts of ['yesterday', '2026-06-01T09:00:00', null, -1])
    expect(await ask({ ts })).toMatchObject({ code: 'command-malformed' });
});

it('a label is as right when it comes late', async () => {
  const { ask, given } = board();
  expect(await ask({ ts: iso(START - 86_400_000), labels: [] }, 'surf/label')).toMatchObject({
    status: 'ok',
  });
  expect(given).toEqual([{ labels: [] }]);
});
