/** Standard error as an output that neither stops nor ends the daemon: on a full disk, with a reader that hangs or has gone. */
import { fstatSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** What a reader that hangs may leave unread; more is given up. */
const MOST_UNREAD_BYTES = 1_048_576;

/** An output of a process: its file descriptor, and the stream that Node.js has made of it. */
export interface StandardOutput {
  readonly fd: number;
  readonly stream: Pick<NodeJS.WriteStream, 'write' | 'writableLength' | 'on'>;
}

/**
 * Each line is written before the call returns, but to a pipe or socket that is full: then it waits in memory, 1 MB of
 * lines at the most, where a write of the usual kind would hold up the whole process.
 *
 * @param onLost told how many lines were given up, as soon as one can be written again
 */
export function sturdyOutput(
  { fd, stream }: StandardOutput,
  onLost: (lines: number) => void,
): DestinationStream {
  let lost = 0;
  let isTelling = false;
  const write = isStreamed(fd) ? toStream(stream) : (line: string) => writeAll(fd, line);
  return {
    write: line => {
      if (!write(line)) {
        lost += 1;
        return;
      }
      if (lost === 0 || isTelling) return;
      const lines = lost;
      lost = 0;
      isTelling = true;
      onLost(lines);
      isTelling = false;
    },
  };
}

/** Anything else takes what is written at once: a file, a terminal, nothing at all. */
function isStreamed(fd: number): boolean {
  try {
    const about = fstatSync(fd);
    return about.isFIFO() || about.isSocket();
  } catch {
    return false;
  }
}

function toStream(stream: StandardOutput['stream']): (line: string) => boolean {
  let isGone = false;
  stream.on('error', () => {
    isGone = true;
  });
  return line => {
    if (isGone || stream.writableLength > MOST_UNREAD_BYTES) return false;
    stream.write(line);
    return true;
  };
}

function writeAll(fd: number, line: string): boolean {
  let left = Buffer.from(line);
  try {
    while (left.length > 0) left = left.subarray(writeSync(fd, left));
    return true;
  } catch {
    return false;
  }
}
