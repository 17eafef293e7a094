/** Damages each file of a real state folder, one at a time: the daemon must start, say so, and go on. */
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createRandom } from '../../src/base/random.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import { stateFiles } from '../../src/host/state/copy.ts';
import { listener } from '../messaging/support.ts';
import { readableLog } from '../support/log.ts';
import { suiteFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const SETTINGS = [
  'camera.kind=simulator',
  'camera.simulator.width=320',
  'camera.simulator.height=180',
  'camera.interval=100ms',
  'activity.dwell=100ms',
  'learning.minFree=0',
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

function newDaemon(stateDir: string) {
  const set = [...SETTINGS, `stateDir=${stateDir}`];
  const { settings } = loadConfig({ set, env: {}, cwd: process.cwd(), systemFile: '' });
  const { log, lines } = readableLog();
  const daemon = new Daemon(settings, { clock: systemClock, log, version: '0.0.0-test' });
  onTestFinished(() => daemon.stop());
  return { daemon, lines };
}

/** Leaves in the folder all that a daemon keeps, one that was labelled too. */
async function liveIn(stateDir: string): Promise<void> {
  const { daemon } = newDaemon(stateDir);
  await daemon.start();
  const heard = await listener(daemon.address);
  const frame = () => JSON.parse(heard.last('surf/activity') ?? '{}').frame;
  await until(() => typeof frame() === 'string', 'a frame');
  await heard.mqtt.publishAsync('surf/command/label', JSON.stringify({ frame: frame(), labels: [] }));
  await until(() => heard.last('surf/response/label') !== undefined, 'a label');
  await daemon.stop();
}

describe('a daemon whose state is damaged', { timeout: 60_000 }, () => {
  const folder = suiteFolder();
  let original = '';

  it('has one that was in use', async () => {
    original = await folder();
    await liveIn(original);
  });

  it.each(Object.keys(DAMAGES))('starts and judges, whichever file was %s', async how => {
    const files = await stateFiles(original);
    expect(files).toEqual(expect.arrayContaining(['learning/learning.db', 'outbox.db']));
    const failed: string[] = [];
    for (const file of files) {
      const stateDir = await temporaryFolder();
      cpSync(original, stateDir, { recursive: true });
      DAMAGES[how]?.(join(stateDir, file));
      const { daemon, lines } = newDaemon(stateDir);
      try {
        await daemon.start();
        const heard = await listener(daemon.address);
        await until(
          () => JSON.parse(heard.last('surf/activity') ?? '{}').visibility === 'ok',
          `judged: ${file}`,
        );
        const said = lines.some(({ level }) => Number(level) >= 40);
        // An empty database is a new one, and what is not there is no damage.
        if (!said && how !== 'emptied') failed.push(`${file}: nothing was said`);
      } catch (error) {
        failed.push(`${file}: ${String(error)}`);
      } finally {
        await daemon.stop();
      }
    }
    expect(failed).toEqual([]);
  });
});
