import { describe, expect, it } from 'vitest';
import { packetReader } from '../../src/messaging/packets.ts';
import { header, packet, text } from '../broker/support.ts';
import { fc } from '../support/fast-check.ts';

const PINGREQ = Buffer.from([0xc0, 0]);
const publish = (bytes: number, topic = 't') => packet(0x30, text(topic), Buffer.alloc(bytes));

function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map(cut => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i] ?? 0, end));
}

const sizesAndCuts = [
  fc.array(fc.nat(400), { maxLength: 20 }),
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
] as const;

describe('packetReader', () => {
  it('counts packets up to the limit and stops at the first larger one, however the bytes are cut', () => {
    fc.assert(
      fc.property(...sizesAndCuts, (sizes, cuts) => {
        const packets = [PINGREQ, ...sizes.map(bytes => publish(bytes))];
        const read = packetReader({ maxBytes: () => 200 });
        const counts = chunksOf(Buffer.concat(packets), cuts).map(chunk => read(chunk));
        const isSound = packets.every(({ length }) => length <= 200);
        expect(counts.every(count => count !== undefined)).toBe(isSound);
        if (isSound) expect(counts.reduce((sum = 0, count = 0) => sum + count, 0)).toBe(packets.length);
      }),
    );
  });

  it('asks for each large PUBLISH with its topic, and tells its end, however the bytes are cut', () => {
    fc.assert(
      fc.property(...sizesAndCuts, (sizes, cuts) => {
        const told: string[] = [];
        const read = packetReader({
          maxBytes: () => 100,
          mayBeLarge: topic => told.push(topic) > 0,
          onLargeEnd: () => told.push('end'),
        });
        const packets = sizes.map((bytes, i) => publish(bytes, `topic/${i}`));
        for (const chunk of chunksOf(Buffer.concat([PINGREQ, ...packets, PINGREQ]), cuts)) {
          expect(read(chunk)).toBeDefined();
        }
        expect(told).toEqual(packets.flatMap(({ length }, i) => (length > 100 ? [`topic/${i}`, 'end'] : [])));
      }),
    );
  });

  it('judges by the type, at the header', () => {
    const read = () => packetReader({ maxBytes: type => (type === 8 ? 50 : 10), mayBeLarge: () => true });
    expect(read()(header(0x82, 40))).toBe(1);
    expect(read()(header(0x82, 60))).toBeUndefined();
    expect(read()(header(0x10, 40))).toBeUndefined();
  });

  it('refuses a large PUBLISH at its topic, before its body', () => {
    expect(packetReader({ maxBytes: () => 10 })(header(0x30, 1_000))).toBeUndefined();
    const read = packetReader({ maxBytes: () => 10, mayBeLarge: topic => topic === 'picture' });
    expect(read(Buffer.concat([header(0x30, 1_000), text('picture')]))).toBe(1);
    expect(read(Buffer.alloc(1_000 - 9))).toBe(0);
    expect(read(Buffer.concat([header(0x30, 1_000), text('other')]))).toBeUndefined();
  });

  it('refuses a topic that is too long, or longer than its packet', () => {
    const read = () => packetReader({ maxBytes: () => 10, mayBeLarge: () => true });
    expect(read()(Buffer.concat([header(0x30, 60_000), Buffer.from([0xff, 0xff])]))).toBeUndefined();
    expect(
      read()(Buffer.concat([header(0x30, 20), Buffer.from([0, 100]), Buffer.alloc(18)])),
    ).toBeUndefined();
  });

  it('refuses a length field of more than four bytes [MQTT-2.2.3]', () => {
    const read = packetReader({ maxBytes: () => 2 ** 40 });
    expect(read(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toBeUndefined();
  });

  it('stays with its verdict', () => {
    const read = packetReader({ maxBytes: () => 10 });
    expect(read(publish(20))).toBeUndefined();
    expect(read(publish(1))).toBeUndefined();
  });
});
