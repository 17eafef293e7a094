/** Damages each file of a real state folder, one at a time: the daemon must start, say so, and go on. */

import { cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createRandom } from '../../src/base/random.ts';
import { loadCameras } from '../../src/config/load.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';
import type { DaemonDeps } from '../../src/daemon/shared.ts';
import { stateFiles } from '../../src/host/state/copy.ts';
import { listener, plainBroker } from '../messaging/support.ts';
import { BUNDLED } from '../support/defaults.ts';
import { readableLog, silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const SETTINGS = [
  'camera.kind=simulator',
  'camera.simulator.width=320',
  'camera.simulator.height=180',
  'camera.interval=100ms',
  'activity.dwell=100ms',
  'monitor.minFree=0',
  'broker.port=0',
  'vision.detail=0.5',
];

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  'cut in half': path => truncateSync(path, Math.floor(statSync(path).size / 2)),
  emptied: path => truncateSync(path, 0),
  zeroed: path => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  scrambled: path => {
    const random = createRandom(7);
    writeFileSync(path, Buffer.from(readFileSync(path).map(() => random.below(256))));
  },
  'replaced by a folder': path => {
    rmSync(path);
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), '');
  },
};

async function daemonIn(
  stateDir: string,
  log: Logger,
  { url, onChange }: { readonly url?: string; readonly onChange?: DaemonDeps['onChange'] } = {},
) {
  const set = [...SETTINGS, `stateDir=${stateDir}`, ...(url === undefined ? [] : [`mqtt.url=${url}`])];
  const config = loadCameras({ set, env: {}, cwd: process.cwd(), systemFile: '' });
  const daemon = await startDaemon(config, {
    clock: systemClock,
    log,
    programs: BUNDLED,
    version: '0.0.0-test',
    ...(onChange !== undefined && { onChange }),
  });
  onTestFinished(() => daemon.stop());
  return daemon;
}

/** Leaves in the folder all that a daemon keeps, one that was labelled too. */
async function liveIn(stateDir: string): Promise<void> {
  const daemon = await daemonIn(stateDir, silent);
  const heard = await listener(daemon.address);
  const frame = () => JSON.parse(heard.last('surf/activity') ?? '{}').frame;
  await until(() => typeof frame() === 'string', 'a frame');
  await heard.mqtt.publishAsync('surf/command/label', JSON.stringify({ frame: frame(), labels: [] }));
  await until(() => heard.last('surf/response/label') !== undefined, 'a label');
  await daemon.stop();
}

describe('a daemon whose state is damaged', () => {
  let original = '';

  it('has one that was in use', async () => {
    original = await temporaryFolder();
    await liveIn(original);
  });

  it.each(Object.keys(DAMAGES))('starts and judges, whichever file was %s', async how => {
    const files = await stateFiles(original);
    expect(files).toEqual(expect.arrayContaining(['learning/learning.db', 'outbox.db']));
    const failed: string[] = [];
    // One for all: to start the embedded one with each daemon takes longer than the rest.
    const { url } = await plainBroker();
    for (const file of files) {
      const stateDir = await temporaryFolder();
      cpSync(original, stateDir, { recursive: true });
      DAMAGES[how]?.(join(stateDir, file));
      const { log, lines } = readableLog();
      try {
        let visibility = '';
        const daemon = await daemonIn(stateDir, log, {
          url,
          onChange: report => {
            visibility = report.visibility;
          },
        });
        await until(() => visibility === 'ok', `judged: ${file}`);
        const said = lines.some(({ level }) => Number(level) >= 40);
        // An empty database is a new one, and what is not there is no damage.
        if (!said && how !== 'emptied') failed.push(`${file}: nothing was said`);
        await daemon.stop();
      } catch (error) {
        failed.push(`${file}: ${String(error)}`);
      }
    }
    expect(failed).toEqual([]);
  });
});
