import { cp, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import { type Daemon, startDaemon } from '../../src/daemon/daemon.ts';
import { writeIn } from '../config/support.ts';
import { listener } from '../messaging/support.ts';
import { BUNDLED } from '../support/defaults.ts';
import { readableLog, silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { drawnBeach, QUICK } from './support.ts';

const SITES = ['north', 'east', 'south', 'west'] as const;

type Heard = Awaited<ReturnType<typeof listener>>;

/** Four drawn beaches, but for what the entries say. */
async function started(entries: readonly object[], set: readonly string[] = [], log = silent) {
  const folder = await temporaryFolder();
  const file = writeIn(folder, 'board.json', {
    camera: { kind: 'simulator' },
    cameras: entries.map((entry, index) => ({ camera: { simulator: { seed: index + 1 } }, ...entry })),
  });
  const config = loadCameras({
    files: [file],
    set: [...QUICK, 'camera.interval=1s', `stateDir=${join(folder, 'state')}`, ...set],
    env: {},
    cwd: folder,
  });
  const daemon = await startDaemon(config, {
    clock: systemClock,
    log,
    programs: BUNDLED,
    version: '0.0.0-test',
  });
  onTestFinished(() => daemon.stop());
  return { daemon, heard: await listener(daemon.address), folder };
}

const json = (heard: Heard, topic: string) => JSON.parse(heard.last(`surf/${topic}`) ?? 'null');

const steps = ({ cameras }: Daemon) => cameras.map(({ progress }) => progress.steps);

async function ask(heard: Heard, site: string, verb: string, args: object = {}) {
  const before = heard.on(`surf/${site}/response/${verb}`).length;
  await heard.mqtt.publishAsync(`surf/${site}/command/${verb}`, JSON.stringify(args), { qos: 1 });
  const answers = () => heard.on(`surf/${site}/response/${verb}`);
  await until(() => answers().length > before, `an answer of ${site} to ${verb}`);
  return JSON.parse(answers().at(-1) ?? 'null');
}

describe('a daemon of four cameras', { timeout: 500_000 }, () => {
  it('publishes each below its own topics, from one engine', async () => {
    const { log, lines } = readableLog();
    const { daemon, heard } = await started(
      SITES.map(site => ({ site })),
      [],
      log,
    );
    for (const site of SITES) {
      await until(() => typeof json(heard, `${site}/activity`)?.frame === 'string', `a frame of ${site}`);
      await until(() => json(heard, `${site}/health`)?.frames?.classified > 0, `the health of ${site}`);
      await until(() => heard.last(`surf/${site}/availability`) === 'online', `${site} online`);
      await until(() => json(heard, `${site}/info`)?.site === site, `what runs for ${site}`);
      expect(json(heard, `${site}/activity`).site).toBe(site);
    }
    expect(heard.received.filter(({ topic }) => topic.split('/').length < 3)).toEqual([]);
    const frames = SITES.map(site => json(heard, `${site}/activity`).frame);
    expect(new Set(frames).size).toBe(SITES.length);
    expect(lines.filter(({ msg }) => msg === 'model loaded').map(({ site }) => site)).toEqual(SITES);
    await daemon.stop();
    for (const site of SITES) expect(heard.last(`surf/${site}/availability`)).toBe('offline');
  });

  it('answers a command by the camera it was sent to', async () => {
    const { heard, daemon } = await started(SITES.slice(0, 2).map(site => ({ site })));
    expect(await ask(heard, 'north', 'pause')).toMatchObject({ status: 'ok' });
    await until(() => json(heard, 'north/state')?.state === 'paused', 'the pause of one');
    await ask(heard, 'east', 'options', { set: { 'camera.interval': '700ms' } });
    expect(daemon.cameras.map(({ settings }) => settings.camera.intervalMs)).toEqual([1_000, 700]);
    const [, before = 0] = steps(daemon);
    await until(() => (steps(daemon)[1] ?? 0) > before + 3, 'more frames of the other');
    expect(json(heard, 'east/state').state).toBe('running');
    expect(json(heard, 'north/state').state).toBe('paused');
  });

  it('goes on with the others where the folder of one vanishes, and with that one when it is back', async () => {
    const folder = await temporaryFolder();
    const pictures = join(folder, 'pictures');
    await mkdir(pictures);
    for (const seed of [1, 2, 3])
      await writeFile(join(pictures, `${seed}.jpg`), await drawnBeach(seed, 'kitesurfing', 320));
    const { daemon, heard } = await started([
      { site: 'north', camera: { kind: 'directory', directory: { path: pictures } } },
      { site: 'east' },
    ]);
    await until(() => steps(daemon).every(count => count > 2), 'frames of both');
    await rename(pictures, `${pictures}-away`);
    await until(() => heard.last('surf/north/camera/availability') === 'offline', 'the lost camera');
    await until(() => json(heard, 'north/activity')?.activity === 'unknown', 'an unknown activity');
    const [, before = 0] = steps(daemon);
    await until(() => (steps(daemon)[1] ?? 0) > before + 5, 'more frames of the other');
    expect(heard.last('surf/east/camera/availability')).toBe('online');
    expect(json(heard, 'east/problem').problem).toBe(false);
    await cp(`${pictures}-away`, pictures, { recursive: true });
    await until(() => heard.last('surf/north/camera/availability') === 'online', 'the camera that is back');
  });

  // A retraining stands back where others compute: on a busy machine seconds of it become minutes.
  it('retrains one after the other, cancels one that waits, and leaves the rate of the others alone', async () => {
    const { daemon, heard } = await started([{ site: 'north' }, { site: 'east' }, { site: 'south' }]);
    for (const site of ['north', 'east']) {
      for (const kind of ['none', 'kitesurfing'] as const) {
        const picture = await drawnBeach(5, kind, 320);
        await heard.mqtt.publishAsync(`surf/${site}/label/image/${kind}`, picture, { qos: 1 });
      }
      await until(() => heard.on(`surf/${site}/response/label`).length === 2, `all labels of ${site}`);
    }
    const state = (site: string) => json(heard, `${site}/training`)?.state;
    expect((await ask(heard, 'north', 'retrain', { epochs: 1000 })).status).toBe('ok');
    await until(() => state('north') === 'training', 'the first retraining', 240_000);
    expect((await ask(heard, 'east', 'retrain')).status).toBe('ok');
    await until(() => state('east') === 'queued', 'the second one in line');
    await ask(heard, 'east', 'cancel');
    await until(() => state('east') === 'cancelled', 'the one that waited');
    expect(['training', 'gating']).toContain(state('north'));
    expect((await ask(heard, 'east', 'retrain', { epochs: 1 })).status).toBe('ok');
    await until(() => state('east') === 'queued', 'the second one in line again');
    const before = steps(daemon)[2] ?? 0;
    await until(() => (steps(daemon)[2] ?? 0) > before + 3, 'frames of a camera that does not retrain');
    expect(['training', 'gating']).toContain(state('north'));
    await ask(heard, 'north', 'cancel');
    await until(() => state('north') === 'cancelled', 'the first one cancelled');
    await until(() => state('east') === 'training', 'the turn of the second one', 240_000);
    await ask(heard, 'east', 'cancel');
  });
});
