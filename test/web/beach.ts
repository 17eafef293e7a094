/** A beach for the page: the CC0 frames with their boxes as riders, and the payloads of docs/mqtt.md. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { EXAMPLES } from '../../src/messaging/examples.ts';
import type { PageRoutes, PageServer } from './page-server.ts';

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

export async function demoBeach(): Promise<Beach> {
  const boxes = JSON.parse(await readFile(join(FOLDER, 'boxes.json'), 'utf8')) as Record<string, Box[]>;
  const frames = Object.entries(boxes).map(([file, found]): BeachFrame => {
    const surfers = found.filter(({ activity }) => activity !== 'person');
    return { id: ulid(), file, riders: surfers.map((one, index) => riderOf(one, index)) };
  });
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
    page.frame({
      frame: frame.id,
      takenAt: now,
      riders: frame.riders,
      activity,
      activities,
      count,
      visibility: 'ok',
      detail: { scale: 2, smallestPx: 6, tookMs: 612 },
    });
  };

  return {
    frames,
    routes: {},
    picture: async id => {
      const frame = id === 'latest' ? frames[at % frames.length] : frames.find(one => one.id === id);
      return frame === undefined ? null : await readFile(join(FOLDER, 'frames', frame.file));
    },
    sayAll: page => {
      const now = new Date().toISOString();
      const [info] = EXAMPLES.info;
      page.say('info', { ...info.payload, ts: now, zones: ZONES });
      for (const { name } of ZONES) {
        const zone = EXAMPLES['zone/<zone>/activity'][0].payload;
        page.say(`zone/${name}/activity`, { ...zone, ts: now, zone: name });
      }
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
];

function riderOf({ activity, box: [x, y, w, h] }: Box, index: number): BeachFrame['riders'][number] {
  return { activity, x: x + w / 2, y: y + h / 2, size: h, score: Math.max(0.55, 0.97 - 0.03 * index) };
}
