/** Starts the board of a soak, and asks it for its figures. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { bundle } from '../build.js';
import type { BoardSample } from './sample.ts';

export interface SoakBoard {
  /** Address of its broker. */
  readonly address: string;
  readonly sample: () => Promise<BoardSample>;
  readonly stop: () => Promise<void>;
}

interface BoardSetup {
  readonly cameraUrl: string;
  readonly stateDir: string;
  /** How many seconds pass for it in one. */
  readonly factor: number;
}

/** As `scripts/surfwatch.js` sets them for the daemon; the collection is for the samples. */
const NODE_OPTIONS = ['--expose-gc', '--max-semi-space-size=2', '--semi-space-growth-factor=1'];

export async function startBoard({ cameraUrl, stateDir, factor }: BoardSetup): Promise<SoakBoard> {
  const set = [
    'camera.kind=http',
    `camera.http.url=${cameraUrl}`,
    'camera.interval=1m',
    // A camera is as fast as it is: ten real seconds.
    `camera.timeout=${10 * factor}s`,
    'camera.offlineAfter=10m',
    'activity.staleAfter=10m',
    'activity.dwell=2m',
    'gates.frozenAfter=30m',
    'vision.detail=0.5',
    'broker.port=0',
    'web.port=0',
    'monitor.minFree=0',
    `stateDir=${stateDir}`,
  ];
  const built = join(PACKAGE_ROOT, '.cache', 'soak');
  await bundle(built, { board: 'scripts/soak/board.mjs' });
  const board = fork(
    join(built, 'board.js'),
    [JSON.stringify({ set, factor })],
    // As the systemd unit has it: arenas that keep what each thread freed would look like growth.
    { execArgv: NODE_OPTIONS, env: { ...process.env, MALLOC_ARENA_MAX: '2' } },
  );
  const { address } = await answer<{ address: string }>(board);
  return {
    address,
    sample: async () => {
      board.send('sample');
      const { sample } = await answer<{ sample: BoardSample }>(board);
      return sample;
    },
    stop: async () => {
      if (board.exitCode !== null || board.signalCode !== null) return;
      const gone = once(board, 'exit');
      board.send('stop');
      await gone;
    },
  };
}

/** Its next message. */
async function answer<T>(board: ChildProcess): Promise<T> {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(board, 'exit', { signal }).then(
    () => {
      throw new Error('the board ended');
    },
    () => [],
  );
  try {
    const [message] = await Promise.race([once(board, 'message', { signal }), ended]);
    return message as T;
  } finally {
    settled.abort();
  }
}
