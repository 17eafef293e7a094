import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Clock } from '../../src/base/clock.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { MAX_COMMAND_BYTES, parseCommand } from '../../src/messaging/command.ts';
import { commandHandler } from '../../src/messaging/commands.ts';
import type { Incoming } from '../../src/messaging/connection.ts';
import type { Message } from '../../src/messaging/connection-options.ts';
import { type Response, responseSchema } from '../../src/messaging/payloads.ts';
import { CommandRegistry, defineVerb, statusVerb, type Verbs } from '../../src/messaging/verbs.ts';
import { fc } from '../support/fast-check.ts';
import { silent } from '../support/log.ts';
import { until } from '../support/until.ts';
import { clock, registryOf } from './support.ts';

const incoming = (topic: string, payload: string | Buffer, more: Partial<Incoming> = {}): Incoming => ({
  topic: `surf/${topic}`,
  payload: Buffer.from(payload),
  retained: false,
  ...more,
});
const parse = (topic: string, payload: string | Buffer) => parseCommand(incoming(topic, payload), 'surf');

describe('parseCommand', () => {
  it.each([
    ['command', 'status', { verb: 'status', args: {} }],
    ['command', ' status\n', { verb: 'status', args: {} }],
    ['command', '{"command":"status"}', { verb: 'status', args: {} }],
    ['command/status', '', { verb: 'status', args: {} }],
    ['command/status', 'status', { verb: 'status', args: {} }],
    [
      'command/label',
      '{"frame":"1","transaction":7}',
      { verb: 'label', args: { frame: '1' }, transaction: 7 },
    ],
    ['command/label', '{"command":"label","n":2}', { verb: 'label', args: { n: 2 } }],
    ['label', '{"frame":"1","transaction":7}', { verb: 'label', args: { frame: '1' }, transaction: 7 }],
    ['label', '', { verb: 'label', args: {} }],
    ['label', `{"by":"\\"${'['.repeat(99)}"}`, { verb: 'label', args: { by: `"${'['.repeat(99)}` } }],
  ])('reads %s with %j', (topic, payload, command) => {
    expect(parse(topic, payload)).toEqual({ ok: true, command });
  });

  it.each([
    ['command', '', 'unknown', undefined],
    ['command', '{"command":', 'unknown', undefined],
    ['command', '["status"]', 'unknown', undefined],
    ['command', '"status"', 'unknown', undefined],
    ['command', '{}', 'unknown', undefined],
    ['command', '{"command":5,"transaction":"a"}', 'unknown', 'a'],
    ['command', '{"command":"a/b","transaction":"a"}', 'unknown', 'a'],
    ['command', `{"command":"status","transaction":"${'x'.repeat(200)}"}`, 'status', undefined],
    ['command/status', '{', 'status', undefined],
    ['command/status', 'retrain', 'status', undefined],
    ['command/status', '{"command":"retrain","transaction":1}', 'status', 1],
    ['command/STATUS', '', 'unknown', undefined],
    ['label', '{"frame":', 'label', undefined],
    ['label', 'surfing', 'label', undefined],
    ['label', '{"command":"retrain","transaction":1}', 'label', 1],
    ['command', 'x'.repeat(MAX_COMMAND_BYTES + 1), 'unknown', undefined],
    // Deep enough to use up the stack of whatever recurses over it.
    ['command/status', `{"transaction":1,"a":${'[{"a":'.repeat(2_000)}1`, 'status', undefined],
    ['command/label', `{"transaction":1,"frame":${'['.repeat(40)}${']'.repeat(40)}}`, 'label', undefined],
    ['command', Buffer.from([0xff, 0xfe, 0x00]), 'unknown', undefined],
  ])('tells what is wrong with %s and %j', (topic, payload, verb, transaction) => {
    const parsed = parse(topic, payload);
    if (parsed.ok) throw new Error('was accepted');
    expect(parsed.fault.code).toBe('command-malformed');
    expect(parsed.verb).toBe(verb);
    expect(parsed.transaction).toBe(transaction);
  });

  it('never throws, and answers on a topic that can be published on', () => {
    const payload = fc.oneof(fc.json(), fc.string(), fc.uint8Array().map(Buffer.from));
    const topic = fc.oneof(
      fc.constant('command'),
      fc.string().map(level => `command/${level}`),
    );
    fc.assert(
      fc.property(topic, payload, (on, bytes) => {
        const parsed = parse(on, Buffer.from(bytes));
        const verb = parsed.ok ? parsed.command.verb : parsed.verb;
        expect(verb).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
      }),
    );
  });
});

function handler(
  verbs: Verbs | CommandRegistry,
  { log = silent, time = clock }: { log?: typeof silent; time?: Clock } = {},
) {
  const answers: Message[] = [];
  const handle = commandHandler({
    base: 'surf',
    commands: verbs instanceof CommandRegistry ? verbs : registryOf(verbs),
    clock: time,
    log,
    answer: message => void answers.push(message),
  });
  const ask = async (message: Incoming): Promise<Response & { topic: string }> => {
    const before = answers.length;
    await handle(message);
    const answer = answers[before];
    if (answer === undefined) throw new Error('no answer');
    return { ...responseSchema.parse(JSON.parse(answer.payload)), topic: answer.topic };
  };
  return { handle, ask, answers };
}

describe('commandHandler', () => {
  const gate = () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>(resolve => {
      open = resolve;
    });
    return { opened, open };
  };

  it('runs a command and answers with its data and transaction', async () => {
    const { ask } = handler({ status: statusVerb(() => ({ activity: 'none' })) });
    expect(await ask(incoming('command', '{"command":"status","transaction":"t1"}'))).toEqual({
      topic: 'surf/response/status',
      v: 1,
      status: 'ok',
      data: { activity: 'none' },
      transaction: 't1',
    });
  });

  it('says while the daemon starts that a command is not there yet, and runs it when its sender repeats it', async () => {
    const commands = new CommandRegistry();
    const { ask } = handler(commands);
    const status = incoming('command', '{"command":"status","transaction":"t1"}');
    expect(await ask(status)).toMatchObject({ status: 'error', code: 'command-starting', transaction: 't1' });
    commands.add({ status: statusVerb(() => ({ up: true })) });
    expect(await ask(status)).toMatchObject({ status: 'ok', data: { up: true } });
    expect(await ask(incoming('command', 'sttus'))).toMatchObject({ code: 'command-starting' });
    commands.complete();
    expect(await ask(incoming('command', 'sttus'))).toMatchObject({ code: 'command-unknown' });
  });

  it('answers an unknown verb with the nearest', async () => {
    const { ask } = handler({ status: statusVerb(() => ({})) });
    const answer = await ask(incoming('command', 'sttus'));
    expect(answer).toMatchObject({ topic: 'surf/response/sttus', status: 'error', code: 'command-unknown' });
    expect(answer.status === 'error' && answer.error).toContain('"status"');
    expect(await ask(incoming('command', 'constructor'))).toMatchObject({ code: 'command-unknown' });
  });

  it('answers broken JSON on response/unknown', async () => {
    const { ask } = handler({});
    expect(await ask(incoming('command', '{"command"'))).toMatchObject({
      topic: 'surf/response/unknown',
      code: 'command-malformed',
    });
  });

  it('checks arguments, hands them on typed and ignores unknown ones', async () => {
    const double = defineVerb({
      doc: '',
      // Parsed once only: as text it would no longer check.
      args: z.object({ n: z.number().transform(String) }),
      run: ({ n }) => ({ twice: n.repeat(2) }),
    });
    const { ask } = handler({ double });
    expect(await ask(incoming('command/double', '{"n":4,"more":1}'))).toMatchObject({
      data: { twice: '44' },
    });
    expect(await ask(incoming('command/double', '{"n":"4"}'))).toMatchObject({ code: 'command-invalid' });
  });

  it('answers a repeated transaction with the first result and does not run it again', async () => {
    let runs = 0;
    const { ask } = handler({ status: statusVerb(() => ({ run: ++runs })) });
    const once = await ask(incoming('command', '{"command":"status","transaction":1}'));
    expect(await ask(incoming('command/status', '{"transaction":1}'))).toEqual(once);
    expect(await ask(incoming('command/status', '{"transaction":"1"}'))).toMatchObject({ data: { run: 2 } });
    expect(await ask(incoming('command', 'status'))).toMatchObject({ data: { run: 3 } });
  });

  it('refuses a transaction that was used with other arguments, also while the first still runs', async () => {
    const { opened, open } = gate();
    const ran: unknown[] = [];
    const args = z.object({ n: z.number(), to: z.object({ a: z.number(), b: z.number() }).optional() });
    const note = defineVerb({ doc: '', args, run: ({ n }) => opened.then(() => ran.push(n)) });
    const { handle, answers, ask } = handler({ note });
    const sent = (n: number) => incoming('command/note', JSON.stringify({ n, transaction: 'x' }));
    const first = handle(sent(1));
    expect(await ask(sent(2))).toMatchObject({ code: 'transaction-reused', transaction: 'x' });
    open();
    await first;
    expect(await ask(sent(2))).toMatchObject({ code: 'transaction-reused' });
    expect(await ask(sent(1))).toMatchObject({ data: 1 });
    expect(ran).toEqual([1]);
    expect(answers).toHaveLength(4);
  });

  it('takes the same arguments in another order, or with another moment of sending, for the same', async () => {
    let runs = 0;
    const note = defineVerb({ doc: '', args: z.looseObject({}), run: () => ++runs });
    const { ask } = handler({ note });
    const now = clock.now();
    for (const payload of [
      `{"transaction":1,"a":{"toString":1,"c":[1,2]},"b":2,"ts":${now}}`,
      `{"b":2,"a":{"c":[1,2],"toString":1},"transaction":1,"ts":${now - 1}}`,
    ]) {
      expect(await ask(incoming('command/note', payload))).toMatchObject({ data: 1 });
    }
    expect(await ask(incoming('command/note', '{"b":2,"a":{"c":[2,1]},"transaction":1}'))).toMatchObject({
      code: 'transaction-reused',
    });
  });

  it('joins a repeated transaction to the run still under way', async () => {
    const { opened, open } = gate();
    let runs = 0;
    const slow = defineVerb({ doc: '', args: z.object({}), run: () => opened.then(() => ++runs) });
    const { handle, answers } = handler({ slow });
    const both = [1, 2].map(() => handle(incoming('command/slow', '{"transaction":"x"}')));
    open();
    await Promise.all(both);
    expect(runs).toBe(1);
    expect(answers.map(({ payload }) => JSON.parse(payload))).toEqual([
      expect.objectContaining({ data: 1 }),
      expect.objectContaining({ data: 1 }),
    ]);
  });

  it('keeps a bounded number of answers', async () => {
    let runs = 0;
    const { ask } = handler({ status: statusVerb(() => ++runs) });
    for (let i = 0; i < 300; i++) await ask(incoming('command/status', JSON.stringify({ transaction: i })));
    await ask(incoming('command/status', '{"transaction":299}'));
    expect(runs).toBe(300);
    await ask(incoming('command/status', '{"transaction":0}'));
    expect(runs).toBe(301);
  });

  it('does not keep an answer as long as a picture', async () => {
    let runs = 0;
    const large = statusVerb(() => ({ run: ++runs, jpeg: 'x'.repeat(70_000) }));
    const { ask } = handler({ large });
    for (const run of [1, 2]) {
      expect(await ask(incoming('command/large', '{"transaction":1}'))).toMatchObject({ data: { run } });
    }
  });

  it('turns repeats away too where very many wait', async () => {
    const { opened, open } = gate();
    const slow = defineVerb({ doc: '', args: z.object({}), run: () => opened });
    const { handle, answers } = handler({ slow });
    const all = Array.from({ length: 100 }, () => handle(incoming('command/slow', '{"transaction":1}')));
    await until(() => answers.length === 36, 'those above 64 are answered');
    open();
    await Promise.all(all);
    const codes = answers.map(({ payload }) => JSON.parse(payload).code);
    expect(codes.filter(code => code === 'command-busy')).toHaveLength(36);
    expect(answers).toHaveLength(100);
  });

  it('turns commands away while too many run, and runs them when sent again', async () => {
    const { opened, open } = gate();
    const slow = defineVerb({ doc: '', args: z.object({}), run: () => opened });
    const { handle, ask } = handler({ slow });
    const running = Array.from({ length: 16 }, () => handle(incoming('command/slow', '')));
    expect(await ask(incoming('command/slow', '{"transaction":"x"}'))).toMatchObject({
      code: 'command-busy',
    });
    open();
    await Promise.all(running);
    expect(await ask(incoming('command/slow', '{"transaction":"x"}'))).toMatchObject({ status: 'ok' });
  });

  it('gives the code of a known error, and hides the text of an unexpected one', async () => {
    const fail = (error: Error) =>
      defineVerb({
        doc: '',
        args: z.object({}),
        run: () => {
          throw error;
        },
      });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const { ask } = handler({
      known: fail(new SurfwatchError('config-invalid', 'so it is')),
      unknown: fail(new Error('secret path')),
      circular: defineVerb({ doc: '', args: z.object({}), run: () => circular }),
    });
    expect(await ask(incoming('command', 'known'))).toMatchObject({
      code: 'config-invalid',
      error: 'so it is',
    });
    const hidden = await ask(incoming('command', 'unknown'));
    expect(hidden).toMatchObject({ code: 'command-failed' });
    expect(JSON.stringify(hidden)).not.toContain('secret');
    expect(await ask(incoming('command', 'circular'))).toMatchObject({ code: 'command-failed' });
  });

  it('answers a command that never ends, and aborts it', async () => {
    let aborted = false;
    const endless = defineVerb({
      doc: '',
      args: z.object({}),
      run: (_args, signal) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => undefined);
      },
    });
    const hurried: Clock = { ...clock, sleep: () => Promise.resolve() };
    const { ask } = handler({ endless }, { time: hurried });
    expect(await ask(incoming('command', 'endless'))).toMatchObject({ code: 'command-timeout' });
    await until(() => aborted, 'aborted');
  });

  describe('response topic of MQTT 5', () => {
    const { handle, answers } = handler({ status: statusVerb(() => ({})) });
    const correlationData = Buffer.from('c');
    const answerTo = async (responseTopic: string) => {
      await handle(incoming('command', 'status', { responseTopic, correlationData }));
      return answers.at(-1);
    };

    it('takes the answer, with the correlation data', async () => {
      expect(await answerTo('client/7/answers')).toMatchObject({
        topic: 'client/7/answers',
        correlationData,
      });
      expect(await answerTo('surf/response/mine')).toMatchObject({ topic: 'surf/response/mine' });
      expect(await answerTo('surfer')).toMatchObject({ topic: 'surfer' });
    });

    it.each(['surf', 'surf/activity', 'surf/command', 'a/#', 'a/+', '', '$SYS/x', 'a\0'])(
      'is not used where it is %j',
      async topic => {
        expect(await answerTo(topic)).toMatchObject({ topic: 'surf/response/status', retain: false });
        expect(answers.at(-1)).not.toHaveProperty('correlationData');
      },
    );
  });
});
