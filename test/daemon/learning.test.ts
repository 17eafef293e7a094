import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Training } from '../../src/messaging/learning-payloads.ts';
import { TOPICS } from '../../src/messaging/topics.ts';
import { listener } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { quickModels } from './quick-models.ts';
import { daemonWith, drawnBeach, heardDaemon } from './support.ts';

const SIMULATOR = ['camera.kind=simulator'];

type Heard = Awaited<ReturnType<typeof listener>>;

const json = (text: string | undefined) => JSON.parse(text ?? 'null');
const activity = (heard: Heard) => json(heard.last('surf/activity'));
const training = (heard: Heard): Training | null => json(heard.last('surf/training'));
const events = (heard: Heard) => heard.on('surf/event').map(json);

let transactions = 0;

/** Sends a command, and waits for the answer to it. */
async function ask(heard: Heard, verb: string, args: object = {}) {
  const transaction = `t${transactions++}`;
  await heard.mqtt.publishAsync(`surf/command/${verb}`, JSON.stringify({ ...args, transaction }), { qos: 1 });
  const find = () =>
    heard
      .on(`surf/response/${verb}`)
      .map(json)
      .find(answer => answer.transaction === transaction);
  await until(() => find() !== undefined, `an answer to ${verb}`);
  return find();
}

async function publishedFrame(heard: Heard): Promise<string> {
  await until(() => typeof activity(heard)?.frame === 'string', 'a frame');
  return activity(heard).frame;
}

/** Sends drawn pictures to be labelled, and waits until all are on disk. */
async function sendPictures(heard: Heard, kind: 'none' | 'kitesurfing', seeds: readonly number[]) {
  const before = heard.on('surf/response/label').length;
  for (const seed of seeds) {
    await heard.mqtt.publishAsync(`surf/label/image/${kind}`, await drawnBeach(seed, kind, 320), { qos: 1 });
  }
  await until(() => heard.on('surf/response/label').length === before + seeds.length, 'all answers');
  return heard.on('surf/response/label').slice(before).map(json);
}

describe('learning on the board', { timeout: 500_000 }, () => {
  it('labels a frame that was published, takes it back, and says what is wrong with a label', async () => {
    const { heard } = await heardDaemon(SIMULATOR);
    const frame = await publishedFrame(heard);
    expect(await ask(heard, 'label', { frame, labels: ['kitesurfing'] })).toMatchObject({
      status: 'ok',
      data: { labelled: [{ frame, labels: ['kitesurfing'] }], counts: { kitesurfing: 1 } },
    });
    expect(await ask(heard, 'label', { frame, labels: [] })).toMatchObject({ data: { counts: { none: 1 } } });
    expect(await ask(heard, 'label', { frame, undo: true })).toMatchObject({
      data: { labels: ['kitesurfing'] },
    });
    const unknown = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
    expect(await ask(heard, 'label', { frame: unknown, labels: [] })).toMatchObject({
      code: 'label-frame-unknown',
    });
    const wrong = await ask(heard, 'label', { frame, labels: ['kitesurfin'] });
    expect(wrong).toMatchObject({
      code: 'label-activity-unknown',
      error: expect.stringContaining('kitesurfing'),
    });
    const status = await ask(heard, 'status');
    expect(status.data.learning.archive.labels).toEqual({ kitesurfing: 1 });
    expect(await ask(heard, 'explain', { frame })).toMatchObject({
      data: { frame, labels: ['kitesurfing'] },
    });
    const picture = await ask(heard, 'frame', { frame, width: 160 });
    expect(Buffer.from(picture.data.jpeg, 'base64').readUInt16BE(0)).toBe(0xffd8);
  });

  it('retrains, promotes between two frames, outlives a restart, and rolls back', async () => {
    const set = [...SIMULATOR, `stateDir=${await temporaryFolder()}`, `models.dir=${await quickModels()}`];
    const daemon = await daemonWith(set);
    const heard = await listener(daemon.address);
    const first = json(await untilLast(heard, 'surf/info')).head.id;
    const answers = [
      ...(await sendPictures(heard, 'kitesurfing', [1, 2, 3])),
      ...(await sendPictures(heard, 'none', [4, 5, 6])),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill('ok'));

    const { data } = await ask(heard, 'retrain', { epochs: 2, force: true });
    expect(await ask(heard, 'retrain')).toMatchObject({
      code: 'retrain-busy',
      error: expect.stringContaining(data.job),
    });
    await until(() => training(heard)?.state === 'done', 'the end of the job', 400_000);
    expect(TOPICS.training.payload.safeParse(training(heard))).toMatchObject({ success: true });
    const second = training(heard)?.result?.head;
    expect(training(heard)).toMatchObject({
      job: data.job,
      error: null,
      result: { outcome: 'promoted', base: { candidate: {} } },
    });
    expect(second).not.toBe(first);
    await until(() => activity(heard).model === second, 'the state again, by the new head');
    expect(json(heard.last('surf/info')).head.id).toBe(second);
    await until(() => events(heard).some(({ type }) => type === 'model_promoted'), 'the event');
    const promoted = events(heard).find(({ type }) => type === 'model_promoted');
    expect(promoted).toMatchObject({ job: data.job, from: first, to: second });
    expect(TOPICS.event.payload.safeParse(promoted)).toMatchObject({ success: true });

    await daemon.stop();
    const again = await daemonWith(set);
    const later = await listener(again.address);
    expect(json(await untilLast(later, 'surf/info')).head.id).toBe(second);
    const { data: models } = await ask(later, 'models');
    expect(models).toMatchObject({
      current: second,
      history: [{ event: 'promoted', from: first, to: second }],
    });
    expect(await ask(later, 'rollback')).toMatchObject({ data: { from: second, to: first } });
    await until(() => activity(later)?.model === first, 'the state by the old head');
    await until(() => events(later).some(({ type }) => type === 'model_rolled_back'), 'the event');
  });

  it('cancels a job, and says after a kill that one was interrupted', async () => {
    const stateDir = await temporaryFolder();
    const daemon = await daemonWith([...SIMULATOR, `stateDir=${stateDir}`]);
    const heard = await listener(daemon.address);
    await sendPictures(heard, 'kitesurfing', [1, 2]);
    await sendPictures(heard, 'none', [3, 4]);
    expect(await ask(heard, 'cancel')).toMatchObject({ code: 'retrain-none' });
    const { data } = await ask(heard, 'retrain', { epochs: 1000 });
    // What a daemon that is killed now leaves behind.
    await until(() => training(heard)?.state === 'training', 'training', 400_000);
    const note = await readFile(join(stateDir, 'learning', 'job.json'));
    expect(await ask(heard, 'cancel')).toMatchObject({ data: { job: data.job } });
    await until(() => training(heard)?.state === 'cancelled', 'cancelled');
    await daemon.stop();
    await writeFile(join(stateDir, 'learning', 'job.json'), note);
    const again = await daemonWith([...SIMULATOR, `stateDir=${stateDir}`]);
    const later = await listener(again.address);
    await until(() => training(later)?.state === 'failed', 'the job is given up');
    expect(training(later)).toMatchObject({ job: data.job, error: { code: 'retrain-interrupted' } });
  });

  it('says that it is off where its archive cannot be opened, while the beach is watched', async () => {
    const stateDir = await temporaryFolder();
    await writeFile(join(stateDir, 'learning'), 'not a folder');
    const { heard } = await heardDaemon([...SIMULATOR, `stateDir=${stateDir}`]);
    await publishedFrame(heard);
    await until(() => (heard.last('surf/alert/learning-failed') ?? '') !== '', 'an alert');
    expect(await ask(heard, 'retrain')).toMatchObject({ code: 'learning-off' });
    expect(await ask(heard, 'models')).toMatchObject({ code: 'learning-off' });
    expect(await ask(heard, 'capture', { keep: true })).toMatchObject({ code: 'learning-off' });
    expect((await sendPictures(heard, 'none', [1]))[0]).toMatchObject({ code: 'learning-off' });
    expect((await ask(heard, 'status')).data.learning).toBeNull();
  });

  it('takes labelled pictures from a folder', async () => {
    const labelledDir = await temporaryFolder();
    const { heard } = await heardDaemon([...SIMULATOR, `learning.labelledDir=${labelledDir}`]);
    await publishedFrame(heard);
    await writeFile(join(labelledDir, 'kitesurfing', 'a.jpg'), await drawnBeach(1, 'kitesurfing', 320));
    const counts = async () => (await ask(heard, 'status')).data.learning.archive.labels;
    await until(async () => (await counts()).kitesurfing === 1, 'the label');
    expect(await counts()).toEqual({ kitesurfing: 1 });
  });
});

async function untilLast(heard: Heard, topic: string): Promise<string> {
  await until(() => heard.last(topic) !== undefined, topic);
  return heard.last(topic) ?? '';
}
