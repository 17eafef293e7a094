/** The buffers that passes over frames write to, used again by every pass: only one may run at a time. */
import { type Serially, serially } from '../../base/serially.ts';

export interface PassMemory {
  /** Runs a pass after those before it. */
  readonly inTurn: Serially;
  /** So many numbers, with whatever the pass before left in them; the same memory for the same name. */
  take(name: string, length: number): Float32Array;
}

export function createPassMemory(): PassMemory {
  const buffers = new Map<string, Float32Array>();
  return {
    inTurn: serially(),
    take(name, length) {
      let buffer = buffers.get(name);
      if (buffer === undefined || buffer.length < length) {
        buffer = new Float32Array(length);
        buffers.set(name, buffer);
      }
      return buffer.subarray(0, length);
    },
  };
}
