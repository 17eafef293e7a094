/** The newest frames, in memory: they can be labelled though they were not kept. */
import type { NewFrame } from './types.ts';

export interface RecentOptions {
  readonly frames: number;
  /** Size of pictures and embeddings. */
  readonly bytes: number;
}

const RECENT_DEFAULTS: RecentOptions = { frames: 120, bytes: 24 * 2 ** 20 };

export interface RecentFrames {
  readonly size: number;
  readonly bytes: number;
  /** The oldest make way. One that is larger than all of the room is not taken. */
  add(frame: NewFrame): void;
  get(id: string): NewFrame | undefined;
  /** Newest first. */
  list(): readonly NewFrame[];
}

export function createRecentFrames(options: RecentOptions = RECENT_DEFAULTS): RecentFrames {
  // A Map lists its entries in the order they came.
  const frames = new Map<string, NewFrame>();
  let bytes = 0;

  const remove = (id: string): void => {
    const frame = frames.get(id);
    if (frame === undefined) return;
    frames.delete(id);
    bytes -= bytesOf(frame);
  };

  return {
    get size() {
      return frames.size;
    },
    get bytes() {
      return bytes;
    },
    add(frame) {
      remove(frame.id);
      frames.set(frame.id, frame);
      bytes += bytesOf(frame);
      for (const id of frames.keys()) {
        if (frames.size <= options.frames && bytes <= options.bytes) break;
        remove(id);
      }
    },
    get: id => frames.get(id),
    list: () => [...frames.values()].reverse(),
  };
}

function bytesOf({ picture, embeddings }: NewFrame): number {
  return (picture?.byteLength ?? 0) + (embeddings?.byteLength ?? 0);
}
