/** Damages each file of a real state folder: the daemon must start, say so, and go on. */

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
  'camera.interval=500ms',
  'activity.dwell=100ms',
  'monitor.minFree=0',
  'broker.port=0',
  'vision.detail=0.5',
  'vision.threads=1',
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

const ARCHIVE = 'learning/learning.db';
/** The warning about each file. */
const SAID: Readonly<Record<string, RegExp>> = {
  'history.db': /the history/,
  'learning/days.json': /the daily figures for drift/,
  [ARCHIVE]: /archive’s database|nothing can be kept/,
  'learning/probation.json': /the probation/,
  'outbox.db': /events/,
  'precision.json': /fp32 and int8/,
  'version.json': /the version of the state folder/,
  'view.json': /the view of the camera/,
  'web.json': /the logins of the page/,
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

  it.each(Object.keys(DAMAGES))('starts, says so and judges where its files were %s', async how => {
    const files = await stateFiles(original);
    expect(files).toEqual(Object.keys(SAID).sort());
    // One for all: to start the embedded one with each daemon takes longer than the rest.
    const { url } = await plainBroker();
    // Where the archive cannot be opened, nobody looks at what else is learnt.
    for (const damaged of [[ARCHIVE], files.filter(file => file !== ARCHIVE)]) {
      const stateDir = await temporaryFolder();
      cpSync(original, stateDir, { recursive: true });
      for (const file of damaged) DAMAGES[how]?.(join(stateDir, file));
      const { log, lines } = readableLog();
      let visibility = '';
      const daemon = await daemonIn(stateDir, log, {
        url,
        onChange: report => {
          visibility = report.visibility;
        },
      });
      await until(() => visibility === 'ok', `a judged frame where ${damaged} is ${how}`);
      const warnings = lines.filter(({ level }) => Number(level) >= 40).map(({ msg }) => String(msg));
      const silent = damaged.filter(file => !warnings.some(text => SAID[file]?.test(text)));
      // An empty database is a new one, and what is not there is no damage.
      expect(silent).toEqual(how === 'emptied' ? damaged.filter(file => file.endsWith('.db')) : []);
      await daemon.stop();
    }
  });
});
