/** The buffers that passes over frames write to, used again by every pass: only one may run at a time. */
import { type Serially, serially } from '../../base/serially.ts';

export type Numbers = Float32Array | Uint8Array;

/** So many numbers, with whatever the pass before left in them; the same memory for the same name. */
export type TakeNumbers<Data extends Numbers = Numbers> = (name: string, length: number) => Data;

export interface PassMemory {
  /** Runs a pass after those before it. */
  readonly inTurn: Serially;
  readonly floats: TakeNumbers<Float32Array>;
  readonly bytes: TakeNumbers<Uint8Array>;
}

export function createPassMemory(): PassMemory {
  return {
    inTurn: serially(),
    floats: reused(length => new Float32Array(length)),
    bytes: reused(length => new Uint8Array(length)),
  };
}

function reused<Data extends Numbers>(make: (length: number) => Data): TakeNumbers<Data> {
  const buffers = new Map<string, Data>();
  return (name, length) => {
    let buffer = buffers.get(name);
    if (buffer === undefined || buffer.length < length) {
      buffer = make(length);
      buffers.set(name, buffer);
    }
    return buffer.subarray(0, length) as Data;
  };
}
