import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { randomScene } from '../../scripts/scenes/random-scene.ts';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import { type Daemon, startDaemon } from '../../src/daemon/daemon.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { listener } from '../messaging/support.ts';
import { BUNDLED } from '../support/defaults.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Quick enough for a test, and otherwise as shipped. */
export const QUICK = [
  // To draw a frame takes more than all else: small ones, and no more of them than are waited for.
  'camera.simulator.width=320',
  'camera.simulator.height=180',
  'camera.interval=500ms',
  'camera.offlineAfter=1s',
  'activity.halfLife=50ms',
  'activity.dwell=300ms',
  'activity.staleAfter=2s',
  'activity.heartbeat=1s',
  'broker.port=0',
  'vision.detail=0.5',
  // More would wait for each other, and take the others their cores.
  'vision.threads=1',
  // To try both first takes as long as the rest of a start.
  'vision.precision=int8',
  'web.enabled=false',
];

async function started(set: readonly string[]): Promise<Daemon> {
  const stateDir = `stateDir=${await temporaryFolder()}`;
  const config = loadCameras({ set: [...QUICK, stateDir, ...set], env: {}, cwd: process.cwd() });
  return startDaemon(config, {
    clock: systemClock,
    log: silent,
    programs: BUNDLED,
    version: '0.0.0-test',
  });
}

/** A daemon with the shipped model, stopped at the end of the test. */
export async function daemonWith(set: readonly string[]): Promise<Daemon> {
  const daemon = await started(set);
  onTestFinished(() => daemon.stop());
  return daemon;
}

/** One daemon for the tests of a suite: to load the model takes more than most of them. Called while the suite is described. */
export function suiteDaemon(settings: () => Promise<readonly string[]>): () => Daemon {
  let daemon: Daemon | undefined;
  beforeAll(async () => {
    daemon = await started(await settings());
  });
  afterAll(() => daemon?.stop());
  return () => {
    if (daemon === undefined) throw new Error('the daemon did not start');
    return daemon;
  };
}

/** A daemon on its embedded broker, and a client that listens to all it says. */
export async function heardDaemon(set: readonly string[]) {
  const daemon = await daemonWith(set);
  return { daemon, heard: await listener(daemon.address) };
}

/** The JPEG of a drawn beach. @param width small where nobody has to be found */
export function drawnBeach(seed: number, kind: 'none' | 'kitesurfing', width = 640): Promise<Buffer> {
  const activities = kind === 'none' ? [] : [kind];
  return createRenderer().jpeg(randomScene(seed, { activities, width, height: (width * 9) / 16 }));
}
