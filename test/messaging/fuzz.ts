/** Makes messages that nobody would send: by chance, but the same ones for the same seed. */

import type { Random } from '../../src/base/random.ts';
import type { Incoming } from '../../src/messaging/connection.ts';

export interface Known {
  readonly verbs: readonly string[];
  /** Ids of frames that can be labelled. */
  readonly frames: readonly string[];
  readonly jpeg: Buffer;
}

type Make<T> = () => T;

export function messageMaker(random: Random, { verbs, frames, jpeg }: Known): Make<Incoming> {
  const one = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const any = <T>(makers: readonly Make<T>[]): T => one(makers)();
  const bytes = (most: number): Buffer => {
    const made = Buffer.alloc(random.below(most));
    for (let i = 0; i < made.length; i++) made[i] = random.below(256);
    return made;
  };
  const text = (most: number): string =>
    any([() => bytes(most).toString('latin1'), () => bytes(most).toString()]);

  const scalar: Make<unknown> = () =>
    one<unknown>([
      null,
      true,
      false,
      0,
      -1,
      1e308,
      0.5,
      '',
      'none',
      'surfing',
      'surfin',
      '2h',
      'camera.interval',
      '2026-06-01T18:00:00Z',
      '\ud800',
      one(frames),
      text(30),
    ]);
  const value = (depth: number): unknown => {
    const size = random.below(4);
    if (depth === 0 || random.next() < 0.5) return scalar();
    if (random.next() < 0.5) return Array.from({ length: size }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: size }, () => [text(8), value(depth - 1)]));
  };
  const FIELDS = [
    'command',
    'transaction',
    'frame',
    'frames',
    'labels',
    'rectangle',
    'by',
    'new',
    'undo',
    'way',
  ];
  const MORE = [
    'epochs',
    'only',
    'count',
    'width',
    'job',
    'to',
    'for',
    'until',
    'reason',
    'get',
    'set',
    'reset',
    'keep',
    'jpeg',
    '__proto__',
    'constructor',
    'toString',
  ];
  const fields = (): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: random.below(6) }, () => [one([...FIELDS, ...MORE]), value(2)]));
  /** From a small stock, so that many come again. */
  const transaction = () => one<unknown>([random.below(50), `t${random.below(50)}`, 'x'.repeat(200), null]);
  const sound = (): Record<string, unknown> => ({
    frame: one(frames),
    labels: one([[], ['none'], ['surfing'], ['surfing', 'kitesurfing'], ['surfin'], ['none', 'surfing']]),
    ...(random.next() < 0.5 && { transaction: transaction() }),
  });
  const deep = (): string => {
    const depth = one([10, 1_000, 8_000, 100_000]);
    const [open, close] = one([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"labels":[', ']}'],
    ]);
    const inner =
      open.repeat(depth) + one(['1', '', '"x"']) + (random.next() < 0.5 ? close.repeat(depth) : '');
    return one([inner, `{"command":"label","transaction":1,"frame":${inner}}`]);
  };
  const broken = (source: Buffer): Buffer => {
    const copy = Buffer.from(source.subarray(0, random.below(source.length + 1)));
    for (let n = random.below(4); n > 0 && copy.length > 0; n--)
      copy[random.below(copy.length)] = random.below(256);
    return copy;
  };
  const payload = (): Buffer =>
    any<Buffer>([
      () => bytes(200),
      () => Buffer.from(one([...verbs, '', ' ', 'status\n', 'stauts', 'null', '[]', '""', '{}'])),
      () => Buffer.from(JSON.stringify(value(3)) ?? ''),
      () => Buffer.from(JSON.stringify(fields())),
      () => Buffer.from(JSON.stringify({ command: one(verbs), transaction: transaction(), ...fields() })),
      () => Buffer.from(JSON.stringify(sound())),
      () => broken(Buffer.from(JSON.stringify(sound()))),
      () => (random.next() < 0.2 ? Buffer.from(deep()) : broken(jpeg)),
      () => (random.next() < 0.02 ? Buffer.alloc(random.below(12_000_000), 0x5b) : jpeg),
    ]);
  const level = () =>
    one([...verbs, 'unknown', text(6), 'x'.repeat(500), '', 'surfing,kitesurfing', 'none', 'no,ne']);
  const topic = (): string =>
    one(['command', `command/${level()}`, 'label', `label/image/${level()}`, 'command/label']);
  const responseTopic = () =>
    one(['mine', 'surf/response/mine', 'surf/activity', 'a/#', '', '$SYS', text(10)]);

  return () => ({
    topic: `surf/${topic()}`,
    payload: payload(),
    retained: random.next() < 0.1,
    ...(random.next() < 0.2 && { responseTopic: responseTopic(), correlationData: bytes(20) }),
  });
}
