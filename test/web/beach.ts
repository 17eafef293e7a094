/** A beach for the page: the CC0 frames with their boxes as riders, and the payloads of docs/mqtt.md. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeTime, ulid } from 'ulid';
import { onTestFinished } from 'vitest';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import type { Point } from '../../src/base/geometry.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { createRandom } from '../../src/base/random.ts';
import { EXPLAIN_DEFAULTS, type ExplainableFrame, explainFrame } from '../../src/learning/advice/explain.ts';
import { labelledCells } from '../../src/learning/advice/likeness/labelled-cells.ts';
import { ACTIVITIES, riderHead, WIDTH } from '../learning/support.ts';
import { historyOf } from './beach-history.ts';
import { Answer, type PageOptions, type PageRoutes, type PageServer, servePage } from './page-server.ts';

const FOLDER = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0');

interface Box {
  readonly activity: string;
  /** x, y, width, height in shares. */
  readonly box: readonly [number, number, number, number];
}

export interface BeachFrame {
  /** ULID */
  readonly id: string;
  readonly file: string;
  readonly riders: readonly {
    readonly activity: string;
    readonly x: number;
    readonly y: number;
    readonly size: number;
    readonly score: number;
  }[];
}

export interface Beach {
  readonly frames: readonly BeachFrame[];
  readonly routes: PageRoutes;
  readonly picture: (id: string) => Promise<Uint8Array | null>;
  /** All topics and the first frame. */
  sayAll(page: PageServer): void;
  nextFrame(page: PageServer): void;
}

/** The built page on a beach, until the end of the test. */
export async function stagedBeach(
  options: Partial<PageOptions> = {},
): Promise<{ readonly page: PageServer; readonly beach: Beach }> {
  const beach = await demoBeach();
  const { routes, picture } = beach;
  const page = await servePage({
    folder: join(PACKAGE_ROOT, 'dist', 'web'),
    picture,
    ...options,
    routes: { ...routes, ...options.routes },
  });
  onTestFinished(() => page.stop());
  beach.sayAll(page);
  return { page, beach };
}

export async function demoBeach(): Promise<Beach> {
  const boxes = JSON.parse(await readFile(join(FOLDER, 'boxes.json'), 'utf8')) as Record<string, Box[]>;
  const frames = Object.entries(boxes).map(([file, found]): BeachFrame => {
    const surfers = found.filter(({ activity }) => activity !== 'person');
    return { id: ulid(), file, riders: surfers.map((one, index) => riderOf(one, index)) };
  });
  // What somebody labelled: some of the frames, all of their riders.
  const labelled = frames.slice(1, 5).map(frame => ({ ...explainable(frame), labels: ['surfing'] }));
  const known = {
    board: labelledCells(
      labelled.map(frame => ({ ...frame, embeddings: frame.embeddings ?? new Float32Array() })),
      WIDTH,
    ),
    base: null,
  };
  let at = 0;

  const sayFrame = (page: PageServer) => {
    const frame = frames[at % frames.length];
    if (frame === undefined) return;
    const activity = frame.riders.length === 0 ? 'none' : 'surfing';
    const count = { surfing: frame.riders.length, windsurfing: 0, kitesurfing: 0 };
    const now = new Date().toISOString();
    const activities = activity === 'none' ? [] : [activity];
    const judged = { ...EXAMPLES.activity[0].payload, ts: now, activity, activities, count, frame: frame.id };
    page.say('activity', { ...judged, since: new Date(Date.now() - 1_500_000).toISOString() });
    for (const { name, points } of ZONES) {
      const [[left, top], , [right, bottom]] = points;
      const within = frame.riders.filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom);
      page.say(`zone/${name}/activity`, {
        ...judged,
        activity: within.length === 0 ? 'none' : 'surfing',
        count: { ...count, surfing: within.length },
        since: new Date(Date.now() - 240_000).toISOString(),
        zone: name,
      });
    }
    page.frame({
      frame: frame.id,
      takenAt: now,
      riders: frame.riders,
      activity,
      activities,
      count,
      visibility: 'ok',
      detail: { scale: 2, smallestPx: 6, tookMs: 612 },
      land: LAND,
    });
  };

  return {
    frames,
    routes: {
      'POST /commands/explain': ({ body }) => {
        const { frame: asked, at } = body as { frame: string; at: Point };
        const frame = frames.find(({ id }) => id === asked);
        return frame === undefined
          ? UNKNOWN_FRAME
          : explainFrame(explainable(frame), known, HEAD, { ...EXPLAIN_DEFAULTS, at });
      },
      'GET /history': ({ query }) => {
        const [from, to] = [query.get('from'), query.get('to')].map(time => Date.parse(time ?? ''));
        return historyOf(
          from ?? 0,
          to ?? 0,
          ZONES.map(({ name }) => name),
          frames.map(({ id }) => id),
        );
      },
      'GET /history.csv': () => 'hour,scope,activity,minutes\n2026-06-01T09:00:00.000Z,,surfing,46.5\n',
    },
    picture: async id => {
      const frame = id === 'latest' ? frames[at % frames.length] : frames.find(one => one.id === id);
      return frame === undefined ? null : await readFile(join(FOLDER, 'frames', frame.file));
    },
    sayAll: page => {
      const now = new Date().toISOString();
      const [info] = EXAMPLES.info;
      page.say('info', { ...info.payload, ts: now, zones: ZONES });
      const health = EXAMPLES.health[0].payload;
      page.say('health', { ...health, ts: now, camera: { ...health.camera, lastFrameTs: now } });
      page.say('state', { v: 1, ts: now, state: 'running', since: now });
      page.say('problem', { v: 1, ts: now, problem: false, alerts: {} });
      page.say('training', EXAMPLES.training[0].payload);
      page.say('stats/hourly', EXAMPLES['stats/hourly'][0].payload);
      page.say('availability', 'online');
      page.say('camera/availability', 'online');
      sayFrame(page);
    },
    nextFrame: page => {
      at += 1;
      sayFrame(page);
    },
  };
}

const ZONES = [
  {
    name: 'line-up',
    points: [
      [0, 0.84],
      [0.55, 0.84],
      [0.55, 1],
      [0, 1],
    ],
  },
  {
    name: 'outside',
    points: [
      [0.3, 0.6],
      [1, 0.6],
      [1, 0.83],
      [0.3, 0.83],
    ],
  },
] as const;

function riderOf({ activity, box: [x, y, w, h] }: Box, index: number): BeachFrame['riders'][number] {
  return { activity, x: x + w / 2, y: y + h / 2, size: h, score: Math.max(0.55, 0.97 - 0.03 * index) };
}

const UNKNOWN_FRAME = new Answer(404, {
  code: 'label-frame-unknown',
  message: 'neither in the archive nor among those seen lately',
  remedy: 'Take one of the newest.',
});

/** The sky of this camera, and the sand in its lower right corner. */
const LAND = {
  columns: 40,
  rows: 22,
  cells: Array.from({ length: 40 * 22 }, (_, at) => {
    const [column, row] = [at % 40, Math.floor(at / 40)];
    return row < 9 || (row > 19 && column > 22) ? 'l' : 'w';
  }).join(''),
};

/** Says by the first numbers of an embedding which activity it is. */
const HEAD = linearHead();

function linearHead(): HeadBundle {
  const { manifest, ...network } = riderHead(1, {
    id: '2026-05-30T20-11Z-7f3c',
    calibration: ACTIVITIES.map(() => ({ slope: 1, intercept: 0 })),
  });
  const { hidden, width } = manifest;
  const reads = (row: number, column: number) => (row === column ? 1 : 0);
  return {
    manifest,
    hiddenKernel: network.hiddenKernel.map((_, at) => reads(Math.floor(at / width), at % width)),
    hiddenBias: network.hiddenBias.map(() => 0),
    outputKernel: network.outputKernel.map((_, at) => 6 * reads(Math.floor(at / hidden), at % hidden)),
    outputBias: network.outputBias.map(() => -3),
  };
}

/** A cell for each rider, with an embedding that points where its activity is. */
function explainable({ id, riders }: BeachFrame): ExplainableFrame {
  const random = createRandom(id.length + riders.length);
  return {
    id,
    takenAt: decodeTime(id),
    visibility: 'ok',
    head: HEAD.manifest.id,
    cells: riders.map(({ activity, x, y, size, score }) => ({
      zone: 'line-up',
      rectangle: { x: x - size, y: y - size, w: 2 * size, h: 2 * size },
      scores: { surfing: 0, windsurfing: 0, kitesurfing: 0, [activity]: score },
    })),
    embeddings: Float32Array.from({ length: riders.length * WIDTH }, (_, at) =>
      at % WIDTH === 0 ? 0.75 + 0.3 * random.next() : 0.3 * random.next(),
    ),
    labels: null,
  };
}
