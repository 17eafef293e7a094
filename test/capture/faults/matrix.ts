/** What can befall each source of pictures, and what must come of it. */

import type { CameraKind } from '../../../src/capture/source.ts';

export const FAULTS = [
  'hangs',
  'garbage',
  'resolution-change',
  'disconnect',
  'slow-drip',
  'gigantic',
  'empty',
  'redirect-loop',
  'login-change',
  'dns-failure',
  'left-behind',
] as const;

export type Fault = (typeof FAULTS)[number];

/** How a fault is played to a source. */
export interface Cell {
  /** What the stand does: a line of shell, or the name of a scene of its own. */
  readonly scene: string;
  /** `lost`: the camera must be offline while it lasts. `pictures`: they must go on coming. */
  readonly effect: 'lost' | 'pictures';
  /** Nothing is to be heard from it: no use in waiting in earnest for an answer. */
  readonly silent?: true;
}

/** A cell, or why this source cannot meet the fault. */
type Row = Readonly<Record<Fault, Cell | string>>;

const lost = (scene: string): Cell => ({ scene, effect: 'lost' });
const silence = (scene: string): Cell => ({ scene, effect: 'lost', silent: true });
const pictures = (scene: string): Cell => ({ scene, effect: 'pictures' });

const NO_NETWORK = 'it has no network in between';
const NO_PROGRAM = 'it starts no program';
const DRAWN = 'it draws its pictures itself';

/** What a program does that writes to its standard output again and again. `$here` is its folder. */
const STREAM: Row = {
  hangs: silence('sleep 600'),
  garbage: silence('head -c 5000 /dev/urandom; sleep 0.02'),
  'resolution-change': pictures('cat "$here/big.jpg"; sleep 0.02'),
  disconnect: lost('echo "Connection refused" >&2; echo "ERROR: *** no cameras available ***" >&2; exit 1'),
  'slow-drip': silence('head -c 100 "$here/good.jpg"; while :; do printf x; sleep 0.01; done'),
  gigantic: silence(String.raw`printf '\377\330\377\332\0\2'; head -c 30000000 /dev/zero; sleep 0.1`),
  empty: lost('exit 0'),
  'redirect-loop': NO_NETWORK,
  'login-change': lost('echo "/dev/media0: Permission denied" >&2; exit 1'),
  'dns-failure': NO_NETWORK,
  'left-behind': lost('sleep 600 & sleep 600 & echo broken >&2; exit 3'),
};

export const MATRIX: Readonly<Record<CameraKind, Row>> = {
  rpicam: STREAM,
  ffmpeg: {
    ...STREAM,
    'redirect-loop': lost('echo "http://cam/live: Input/output error" >&2; exit 1'),
    'login-change': lost('echo "Server returned 401 Unauthorized" >&2; exit 1'),
    'dns-failure': lost(
      'echo "Failed to resolve hostname cam: Temporary failure in name resolution" >&2; exit 1',
    ),
  },
  webcam: {
    hangs: silence('exec sleep 600'),
    garbage: lost('head -c 5000 /dev/urandom > "$last"'),
    'resolution-change': pictures('cp "$here/big.jpg" "$last"'),
    disconnect: lost('echo "open: No such file or directory" >&2'),
    'slow-drip': silence('while :; do printf x >> "$last"; sleep 0.01; done'),
    gigantic: lost('cp "$here/good.jpg" "$last"; truncate -s 150M "$last"'),
    empty: lost(': > "$last"'),
    'redirect-loop': NO_NETWORK,
    'login-change': lost('echo "/dev/video0: Permission denied" >&2'),
    'dns-failure': NO_NETWORK,
    'left-behind': silence('sleep 0.2 & exit 3'),
  },
  http: {
    hangs: silence('hangs'),
    garbage: lost('garbage'),
    'resolution-change': pictures('big'),
    disconnect: lost('disconnect'),
    'slow-drip': silence('drip'),
    gigantic: lost('gigantic'),
    empty: lost('empty'),
    'redirect-loop': lost('redirect'),
    'login-change': lost('login'),
    'dns-failure': lost('dns'),
    'left-behind': NO_PROGRAM,
  },
  directory: {
    hangs: lost('pipe'),
    garbage: lost('garbage'),
    'resolution-change': pictures('big'),
    disconnect: lost('vanish'),
    'slow-drip': 'a file that is still being written is the watched folder’s matter, in directory.test.ts',
    gigantic: lost('gigantic'),
    empty: lost('empty'),
    'redirect-loop': lost('link-loop'),
    'login-change': 'rights do not bind the superuser, as whom tests may run',
    'dns-failure': NO_NETWORK,
    'left-behind': NO_PROGRAM,
  },
  simulator: {
    ...{ hangs: DRAWN, garbage: DRAWN, 'resolution-change': DRAWN, disconnect: DRAWN, 'slow-drip': DRAWN },
    ...{ gigantic: DRAWN, empty: DRAWN, 'redirect-loop': DRAWN, 'login-change': DRAWN },
    ...{ 'dns-failure': DRAWN, 'left-behind': DRAWN },
  },
};
