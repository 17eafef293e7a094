import { describe, expect, it } from 'vitest';
import { packetGuard } from '../../src/messaging/guard.ts';
import { fc } from '../support/fast-check.ts';

/** A PUBLISH packet of QoS 0 on the topic `t`, by section 3.3 of MQTT 3.1.1. */
function publish(bytes: number): Buffer {
  const length: number[] = [];
  for (let rest = bytes + 3; rest > 0; rest = rest >> 7)
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from([0x30, ...length, 0, 1, 0x74]), Buffer.alloc(bytes)]);
}

const PINGREQ = Buffer.from([0xc0, 0]);

function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map(cut => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i] ?? 0, end));
}

describe('packetGuard', () => {
  it('passes packets up to the limit and stops at the first larger one, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { maxLength: 20 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
        (sizes, cuts) => {
          const packets = [PINGREQ, ...sizes.map(publish)];
          const sound = packetGuard(200);
          const verdicts = chunksOf(Buffer.concat(packets), cuts).map(chunk => sound(chunk));
          expect(verdicts.every(Boolean)).toBe(packets.every(packet => packet.length <= 200));
        },
      ),
    );
  });

  it('refuses a large packet at its header, before its body', () => {
    expect(packetGuard(1000)(publish(1_000_000).subarray(0, 4))).toBe(false);
  });

  it('refuses a length field of more than four bytes [MQTT-2.2.3]', () => {
    expect(packetGuard(2 ** 40)(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toBe(false);
  });

  it('asks with the size of each packet at its header, and tells its end, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { maxLength: 20 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
        (sizes, cuts) => {
          const packets = [PINGREQ, ...sizes.map(publish)];
          const told: number[] = [];
          const sound = packetGuard(1000, bytes => {
            told.push(bytes);
            return true;
          });
          for (const chunk of chunksOf(Buffer.concat(packets), cuts)) sound(chunk);
          expect(told).toEqual(packets.flatMap(packet => [packet.length, 0]));
        },
      ),
    );
  });

  it('refuses a packet that there is no room for', () => {
    const sound = packetGuard(1000, bytes => bytes < 100);
    expect(sound(publish(50))).toBe(true);
    expect(sound(publish(200).subarray(0, 5))).toBe(false);
    expect(sound(PINGREQ)).toBe(false);
  });

  it('stays with its verdict', () => {
    const sound = packetGuard(10);
    expect(sound(publish(20))).toBe(false);
    expect(sound(publish(1))).toBe(false);
  });
});
