/**
 * How many cameras a board holds: `npx tsx scripts/measure-cameras.ts [--cores N] [--seconds S] [--cameras N]` runs daemons of several
 * cameras on so many cores and prints rows of a Markdown table. Each camera replays the frames of test/data/surfcam-cc0 at its
 * size. Held is a row whose cameras all judged 95 % of their frames within the interval; one that was replaced by the next was
 * not. `--cameras N` measures the rows of so many alone. Needs Linux.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import getPort from 'get-port';
import mqtt from 'mqtt';
import sharp from 'sharp';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import type { Health } from '../src/messaging/payloads.ts';

const { values } = parseArgs({
  options: {
    cores: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '60' },
    cameras: { type: 'string' },
  },
});
const CORES = Number(values.cores);
const SECONDS = Number(values.seconds);

interface Row {
  readonly cameras: number;
  readonly width: number;
  readonly height: number;
  readonly intervalS: number;
}

const HD = { width: 1280, height: 720 };
const FULL_HD = { width: 1920, height: 1080 };
const ROWS: readonly Row[] = [
  { cameras: 1, ...HD, intervalS: 5 },
  { cameras: 2, ...HD, intervalS: 5 },
  { cameras: 4, ...HD, intervalS: 5 },
  { cameras: 8, ...HD, intervalS: 5 },
  { cameras: 4, ...HD, intervalS: 2 },
  { cameras: 4, ...FULL_HD, intervalS: 5 },
  { cameras: 8, ...FULL_HD, intervalS: 10 },
];

/** The most that the detail needs to settle, and that the latency of `health` looks back on. */
const WARM_UP_S = 75;

/** Frames of a real camera, at this size. */
async function drawFrames(folder: string, { width, height }: Row): Promise<void> {
  const from = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0', 'frames');
  const names = (await readdir(from)).filter(name => name.endsWith('.jpg'));
  await mkdir(folder);
  for (const name of names) {
    const frame = sharp(await readFile(join(from, name))).resize(width, height, { fit: 'cover' });
    await writeFile(join(folder, name), await frame.jpeg({ quality: 85 }).toBuffer());
  }
}

async function measure(folder: string, row: Row): Promise<string> {
  const port = await getPort();
  const pictures = join(folder, `${row.width}`);
  const sites = Array.from({ length: row.cameras }, (_, index) => `camera-${index + 1}`);
  const file = join(folder, 'config.json');
  const state = await mkdtemp(join(folder, 'state-'));
  await writeFile(
    file,
    JSON.stringify({
      stateDir: state,
      camera: { kind: 'directory', interval: `${row.intervalS}s`, directory: { path: pictures } },
      activity: { heartbeat: '5s', staleAfter: '60s' },
      broker: { port },
      web: { enabled: false },
      log: { level: 'error' },
      cameras: sites.map(site => ({ site })),
    }),
  );
  const program = [process.execPath, join(PACKAGE_ROOT, 'scripts', 'surfwatch.js'), 'run', '-c', file];
  const daemon = spawn('taskset', ['-c', `0-${CORES - 1}`, ...program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, MALLOC_ARENA_MAX: '2' },
  });
  try {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 });
    client.on('error', () => undefined);
    client.on('connect', () => client.subscribe('surf/+/health', { qos: 1 }));
    const health = new Map<string, Health>();
    client.on('message', (topic, payload) => {
      health.set(topic.split('/')[1] ?? '', JSON.parse(payload.toString()) as Health);
    });
    await delay(WARM_UP_S * 1000);
    const before = new Map(health);
    const cpuBefore = await cpuSeconds(daemon.pid);
    await delay(SECONDS * 1000);
    const cpu = (await cpuSeconds(daemon.pid)) - cpuBefore;
    await client.endAsync(true);
    const all = sites.map(site => ({ now: health.get(site), earlier: before.get(site) }));
    const most = (of: (one: (typeof all)[number]) => number) => Math.max(...all.map(of));
    const p95 = most(({ now }) => now?.latencyMs?.p95 ?? Number.POSITIVE_INFINITY);
    const since = (of: (frames: Health['frames']) => number, { now, earlier }: (typeof all)[number]) =>
      now === undefined || earlier === undefined ? 0 : of(now.frames) - of(earlier.frames);
    const dropped = most(
      one =>
        since(({ dropped }) => dropped, one) /
        Math.max(
          1,
          since(({ captured }) => captured, one),
        ),
    );
    const smallest = most(({ now }) => now?.detail?.smallestPx ?? Number.POSITIVE_INFINITY);
    const memory = most(({ now }) => now?.memory.rssMB ?? 0);
    const isHeld = p95 <= row.intervalS * 1000 && dropped <= 0.05;
    const cells = [
      row.cameras,
      `${row.width} × ${row.height}`,
      `${row.intervalS} s`,
      isHeld ? 'yes' : 'no',
      `${(p95 / 1000).toFixed(2)} s`,
      `${Math.ceil(smallest)} px`,
      `${Math.round((100 * cpu) / SECONDS / CORES)} %`,
      `${Math.round(memory)} MB`,
    ];
    return `| ${cells.join(' | ')} |`;
  } finally {
    const gone = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await gone;
  }
}

/** Processor time of a process so far: the 14th and 15th field of /proc/PID/stat, in hundredths. */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const folder = await mkdtemp(join(tmpdir(), 'surfwatch-measure-'));
console.log(`On ${CORES} cores:\n
| cameras | picture | interval | held | slowest p95 | riders from | processor | memory |
| --- | --- | --- | --- | --- | --- | --- | --- |`);
try {
  for (const row of ROWS.filter(({ cameras }) => (values.cameras ?? `${cameras}`) === `${cameras}`)) {
    await drawFrames(join(folder, `${row.width}`), row).catch(() => undefined);
    console.log(await measure(folder, row));
  }
} finally {
  await rm(folder, { recursive: true });
}
