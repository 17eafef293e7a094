/** Measures the daemon itself, started as a user starts it: first publication, memory, and its own figures. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import mqtt from 'mqtt';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';

export interface DaemonResult {
  /** From the start of the process to its first judged activity at a subscriber, in ms, every start. */
  readonly firstMs: readonly number[];
  /** Resident memory in MB (2^20 bytes) in the second half of the run, and the most there was. */
  readonly steadyMB: readonly number[];
  readonly peakMB: number;
  /** What it says itself of a frame, from capture to publication. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** Share of one core it used. */
  readonly cpuShare: number;
}

interface DaemonJob {
  readonly folder: string;
  /** Folder of the pictures it is given. */
  readonly pictures: string;
  readonly starts: number;
  readonly daemonMs: number;
}

/** The last start runs on for `daemonMs`. */
export async function measureDaemon(job: DaemonJob): Promise<DaemonResult> {
  const config = join(job.folder, 'config.json');
  await writeFile(
    config,
    JSON.stringify({
      site: 'bench',
      stateDir: join(job.folder, 'state'),
      camera: { kind: 'directory', interval: '2s', directory: { path: job.pictures, loop: true } },
      activity: { heartbeat: '5s' },
      log: { level: 'error' },
    }),
  );
  const firstMs: number[] = [];
  for (let start = 1; ; start++) {
    const port = await getPort();
    const startedMs = performance.now();
    const args = [
      join(PACKAGE_ROOT, 'scripts', 'surfwatch.js'),
      'run',
      '--config',
      config,
      '--set',
      `broker.port=${port}`,
      '--set',
      'web.port=0',
    ];
    const daemon = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...(await unitEnvironment()) },
    });
    try {
      const client = await firstActivity(daemon, port);
      firstMs.push(performance.now() - startedMs);
      if (start === job.starts) return { firstMs, ...(await watch(daemon, client, job.daemonMs)) };
      await client.endAsync(true);
    } finally {
      await stop(daemon);
    }
  }
}

/** What the systemd unit sets: how the C library gives memory back is part of what is measured. */
async function unitEnvironment(): Promise<Record<string, string>> {
  const unit = await readFile(join(PACKAGE_ROOT, 'systemd', 'surfwatch.service'), 'utf8');
  const [, line = ''] = /^Environment=(.*)$/m.exec(unit) ?? [];
  return Object.fromEntries(line.split(' ').map(pair => pair.split('=', 2)));
}

/** Resolves with a connected client once it has received an activity that was judged from a picture. */
async function firstActivity(daemon: ChildProcess, port: number): Promise<mqtt.MqttClient> {
  // Probed often: how soon the subscriber is back must not count.
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 10, resubscribe: true });
  client.on('error', () => undefined);
  client.on('connect', () => client.subscribe('surf/#', { qos: 1 }));
  const judged = new Promise<void>(resolve => {
    client.on('message', (topic, payload) => {
      if (topic === 'surf/activity' && JSON.parse(payload.toString()).visibility === 'ok') resolve();
    });
  });
  const ended = once(daemon, 'exit').then(([code]) => {
    throw new Error(`the daemon ended with ${code}`);
  });
  const late = delay(30_000, undefined, { ref: false }).then(() => {
    throw new Error('the daemon published nothing within 30 s');
  });
  await Promise.race([judged, ended, late]);
  return client;
}

async function watch(daemon: ChildProcess, client: mqtt.MqttClient, forMs: number) {
  let latencyMs: DaemonResult['latencyMs'] = null;
  client.on('message', (topic, payload) => {
    if (topic === 'surf/health') latencyMs = JSON.parse(payload.toString()).latencyMs;
  });
  const memoryMB: number[] = [];
  const cpuBefore = processOf(daemon.pid).cpuS;
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    await delay(500);
    memoryMB.push(processOf(daemon.pid).memoryMB);
  }
  const cpuShare = (processOf(daemon.pid).cpuS - cpuBefore) / (forMs / 1000);
  await client.endAsync(true);
  const steadyMB = memoryMB.slice(memoryMB.length >> 1);
  return { steadyMB, peakMB: Math.max(...memoryMB), latencyMs, cpuShare };
}

/** Resident memory and CPU time so far, by `ps`, which every Unix has. */
function processOf(pid: number | undefined): { memoryMB: number; cpuS: number } {
  const { stdout } = spawnSync('ps', ['-o', 'rss=,time=', '-p', String(pid)], { encoding: 'utf8' });
  const [rss = '0', time = '0'] = stdout.trim().split(/\s+/);
  const cpuS = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { memoryMB: Number(rss) / 1024, cpuS };
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const gone = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await gone;
}
