import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { cancelCommand } from '../../src/cli/cancel.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { modelsCommand } from '../../src/cli/models.ts';
import { retrainCommand } from '../../src/cli/retrain.ts';
import { rollbackCommand } from '../../src/cli/rollback.ts';
import { statusCommand } from '../../src/cli/status.ts';
import { SurfwatchError } from '../../src/errors.ts';
import type { LearningVerbDeps } from '../../src/learning/board/verbs.ts';
import type { Training } from '../../src/messaging/learning-payloads.ts';
import { reason } from '../../src/messaging/reasons.ts';
import { onlyLogin, plainBroker, QUICK } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { daemonWith, FRAME, HELD, JOB, OTHER_FRAME, PROMOTED, RUNNING } from './daemon-support.ts';
import { LAUNCHER, ROOT, runHere } from './support.ts';

/** Answers `retrain`, having said these things of the job: the quickest is over when its id arrives. */
async function trainingDaemon(updates: readonly Training[]) {
  const retrain = vi.fn<LearningVerbDeps['retrain']>(() => {
    for (const update of updates) daemon.messaging.set('training', update);
    return { job: JOB };
  });
  const daemon = await daemonWith({ retrain });
  return { ...daemon, retrain };
}

const RECALL_FELL = reason('base-recall-fell', {
  activity: 'surfing',
  judged: 120,
  before: 0.88,
  after: 0.7,
  allowed: 0.1,
});

const REJECTED: Training = {
  ...PROMOTED,
  result: PROMOTED.result && {
    ...PROMOTED.result,
    outcome: 'rejected',
    reasons: [RECALL_FELL],
  },
};

describe('surfwatch retrain', () => {
  test('shows both heads, the verdict and why', async () => {
    const { run, retrain } = await trainingDaemon([RUNNING, PROMOTED]);
    const { status, output } = await run(retrainCommand(), ['--epochs', '30', '--only', 'folder', 'surfing']);
    expect(status).toBe(0);
    expect(retrain).toHaveBeenCalledWith({ epochs: 30, only: ['folder', 'surfing'] });
    expect(output).toMatch(/this beach \(9 held out\) +macro-F1 +0\.611 +0\.877 +\+0\.266/);
    expect(output).toMatch(/recall kitesurfing +– +–\n/);
    expect(output).toMatch(/shipped data \(512 held out\) +macro-F1 +0\.884 +0\.881 +−0\.003/);
    expect(output).toContain('promoted: the new head is in use; head 2026-06-01T10-44Z-b85e');
    expect(output).toContain(
      '  Macro-F1 on the held-out frames of the board (9 judged) went from 61.1\u{a0}% to 87.7\u{a0}%.',
    );
  });

  test('ends with 1 where the gate is against it, and says why', async () => {
    const { run } = await trainingDaemon([REJECTED]);
    const { status, output } = await run(retrainCommand());
    expect(status).toBe(1);
    expect(output).toContain('rejected: the head in use stays');
    expect(output).toContain(RECALL_FELL.text);
  });

  test('ends with 1 where the new head is held, and says how to decide', async () => {
    const { run } = await trainingDaemon([HELD]);
    const { status, output } = await run(retrainCommand());
    expect(status).toBe(1);
    expect(output).toContain('held: the new head may be wrong and waits, the head in use stays');
    expect(output).toContain('surfwatch models --approve 2026-06-01T10-44Z-b85e, or --reject');
  });

  test('ends with 1 where the job fails or is cancelled', async () => {
    const error = { code: 'training-diverged', message: 'the loss is no number' };
    const failed = await trainingDaemon([{ ...PROMOTED, state: 'failed', result: null, error }]);
    const { status, output } = await failed.run(retrainCommand());
    expect(status).toBe(1);
    expect(output).toBe(
      `failed: job ${JOB}; the head in use stays\ntraining-diverged: the loss is no number\nLower \`--learning-rate\`.\n`,
    );

    const cancelled = await trainingDaemon([{ ...PROMOTED, state: 'cancelled', result: null }]);
    expect((await cancelled.run(retrainCommand(), ['--json'])).status).toBe(1);
  });

  test('--json gives the last word of the job; another job is none of it', async () => {
    const other = { ...REJECTED, job: '01JWNGB4T0E5H2R7X9C1V6M8K4' };
    const { run } = await trainingDaemon([other, RUNNING, PROMOTED]);
    const { status, output } = await run(retrainCommand(), ['--json', '--dry-run', '--force']);
    expect([status, JSON.parse(output)]).toEqual([0, PROMOTED]);
  });

  test('--no-wait returns with the job', async () => {
    const { run } = await trainingDaemon([]);
    expect((await run(retrainCommand(), ['--no-wait', '--json'])).output).toBe(`{"job":"${JOB}"}\n`);
  });

  test('a second one is told which job runs', async () => {
    const { run } = await daemonWith({
      retrain: () => {
        throw new SurfwatchError('retrain-busy', `job ${JOB} runs`);
      },
    });
    const { status, errors } = await run(retrainCommand());
    expect(status).toBe(1);
    expect(errors).toContain(`retrain-busy: job ${JOB} runs`);
  });

  test('says so when the daemon goes away before the end', async () => {
    const daemon = await trainingDaemon([RUNNING]);
    const running = daemon.run(retrainCommand());
    await until(() => daemon.retrain.mock.calls.length === 1, 'the command');
    await daemon.messaging.flush(5_000);
    await daemon.messaging.stop();
    const { status, errors } = await running;
    expect(status).toBe(1);
    expect(errors).toMatch(/^(daemon-silent|mqtt-unreachable): /);
  });

  test('Ctrl-C leaves the job running', async () => {
    const { messaging } = await trainingDaemon([RUNNING]);
    const child = spawn(process.execPath, [LAUNCHER, 'retrain', '--url', messaging.address], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      // A second one would end it as usual.
      if (!errors.includes('training') && chunk.includes('training')) child.kill('SIGINT');
      errors += chunk.toString();
    });
    const output = text(child.stdout);
    const [status] = await once(child, 'close');
    expect([status, await output]).toEqual([130, '']);
    expect(errors).toContain(`job ${JOB} goes on; surfwatch cancel stops it`);
  });
});

test('cancel names the job', async () => {
  const cancel = vi.fn((job = JOB) => ({ job }));
  const { run } = await daemonWith({ cancel });
  expect((await run(cancelCommand())).output).toBe(`cancelled ${JOB}\n`);
  await run(cancelCommand(), [JOB]);
  expect(cancel.mock.calls).toEqual([[undefined], [JOB]]);
});

test('rollback says from where to where', async () => {
  const rollback = vi.fn((to = 'before') => ({ from: 'now', to }));
  const { run } = await daemonWith({ rollback });
  expect((await run(rollbackCommand())).output).toBe('from now\nto   before\n');
  expect((await run(rollbackCommand(), ['shipped', '--json'])).output).toBe(
    '{"from":"now","to":"shipped"}\n',
  );
  expect(rollback.mock.calls).toEqual([[undefined], ['shipped']]);
});

const MODELS = {
  current: 'new-head',
  models: [
    {
      id: 'new-head',
      createdAt: '2026-06-01T10:44:31.408Z',
      parent: 'old-head',
      activities: ['surfing', 'sup'],
      origin: 'board',
      current: true,
      figures: { base: PROMOTED.result?.base ?? null, board: null },
      folder: '/var/lib/surfwatch/models/heads/new-head',
    },
    {
      id: 'old-head',
      createdAt: '2026-05-30T20:11:00.000Z',
      parent: null,
      activities: ['surfing'],
      origin: 'shipped',
      current: false,
      figures: null,
      folder: '/usr/lib/surfwatch/models/heads/old-head',
    },
  ],
  history: [
    {
      at: '2026-06-01T10:44:31.410Z',
      event: 'promoted',
      from: 'old-head',
      to: 'new-head',
      job: JOB,
      reasons: [reason('board-f1', { judged: 9, before: 0.611, after: 0.877 })],
      figures: null,
    },
  ],
};

test('models lists the heads with their figures, and the history', async () => {
  const { run } = await daemonWith({ models: () => MODELS });
  const { output } = await run(modelsCommand());
  expect(output).toMatch(/^\* +new-head +board +2026-06-01 .* +0\.881 +– +old-head +surfing, sup$/m);
  expect(output).toMatch(/^ +old-head +shipped .* +– +– +surfing$/m);
  const history = await run(modelsCommand(), ['--history']);
  expect(history.output).toMatch(/promoted +old-head +new-head +Macro-F1 on the held-out/);
  expect(JSON.parse((await run(modelsCommand(), ['--json'])).output)).toEqual(MODELS);
});

const WAITING = {
  id: 'held-head',
  at: '2026-06-02T08:00:00.000Z',
  overlay: true,
  reasons: [reason('riders-elsewhere', { moved: 61, frames: 96, elsewhere: 88 })],
};

test('models shows the head that is held, draws it, approves and rejects it', async () => {
  const approve = vi.fn((id: string) => ({ from: 'new-head', to: id }));
  const reject = vi.fn((id: string) => ({ rejected: id }));
  const jpeg = Buffer.from('a picture of both heads').toString('base64');
  const models = () => ({ ...MODELS, held: WAITING });
  const { run } = await daemonWith({ models, approve, reject, overlay: head => ({ head, jpeg }) });
  expect((await run(modelsCommand())).output).toMatch(
    /held: held-head .* waits.*\n +In 61 of 96 frames the new head finds riders \(88\)/,
  );
  const file = join(await temporaryFolder(), 'both.jpg');
  expect((await run(modelsCommand(), ['--overlay', file])).output).toBe(`held-head: drawn in ${file}\n`);
  expect(await readFile(file, 'utf8')).toBe('a picture of both heads');
  expect((await run(modelsCommand(), ['--approve', 'held-head'])).output).toBe(
    'from new-head\nto   held-head\n',
  );
  expect((await run(modelsCommand(), ['--reject', 'held-head'])).output).toBe('rejected held-head\n');
  expect([approve.mock.calls, reject.mock.calls]).toEqual([[['held-head']], [['held-head']]]);
});

test('models has no picture of a head where none is held', async () => {
  const { run } = await daemonWith({ models: () => ({ ...MODELS, held: null }) });
  const file = join(await temporaryFolder(), 'both.jpg');
  const { status, errors } = await run(modelsCommand(), ['--overlay', file]);
  expect(status).toBe(1);
  expect(errors).toContain('model-not-held: no head waits for approval');
});

test('explain gives the sentence, what decided and what is alike', async () => {
  const rectangle = { x: 0.25, y: 0.4, w: 0.125, h: 0.25 };
  const { run } = await daemonWith({
    explain: frame => ({
      frame,
      takenAt: '2026-06-01T09:14:03.000Z',
      activity: 'surfing',
      head: 'new-head',
      decided: [
        { activity: 'surfing', zone: 'beach', rectangle, score: 0.91, threshold: 0.5, present: true },
      ],
      neighbours: [
        {
          from: 'board',
          frame: OTHER_FRAME,
          takenAt: 0,
          labels: [],
          zone: 'beach',
          rectangle,
          similarity: 0.93,
        },
        { from: 'base', source: 'cam-7', labels: ['surfing', 'sup'], similarity: 0.9 },
      ],
      votes: { none: 1, surfing: 1, sup: 1 },
      sentence: 'Decided by the tile at x 25 %.',
    }),
  });
  const { output } = await run(explainCommand(), [FRAME]);
  expect(output).toContain(`${FRAME}: surfing; taken 2026-06-01`);
  expect(output).toContain('Decided by the tile at x 25 %.');
  expect(output).toMatch(/surfing +0\.91 +0\.50 +yes +beach +0\.250 0\.400 0\.125 0\.250/);
  expect(output).toMatch(new RegExp(`none +0\\.93 +${OTHER_FRAME}`));
  expect(output).toMatch(/surfing \+ sup +0\.90 +base: cam-7/);
});

const STATUS = {
  state: { v: 1, ts: '', state: 'running', since: '' },
  activity: {
    site: 'north-pier',
    activity: 'unknown',
    activities: [],
    scores: {},
    since: '2026-06-01T09:14:03.120Z',
    visibility: 'dark',
    frame: null,
  },
  info: null,
  health: { frames: { captured: 4, classified: 3, dropped: 0, failed: 1 }, rateHz: 0.5 },
};

test('status tells what is seen, and of learning where there is some', async () => {
  const { run } = await daemonWith({ status: () => STATUS });
  const { output } = await run(statusCommand());
  expect(output).toMatch(/^activity +unknown \(dark\) since 2026-06-01 /m);
  expect(output).toMatch(/^frames +3 judged, 0 dropped, 1 failed; 0\.50 a second lately$/m);
  const sentence = '3 labels of surfing, 3 of them not learnt yet.';
  const learning = {
    archive: { frames: 40, labelled: 3, bytes: 12_400_000, labels: { surfing: 3 } },
    progress: { macroF1: null, activities: { surfing: { sentence } } },
    drift: { drifting: false, reasons: ['1 of the 10 days that it takes to tell.'], alert: null },
  };
  const learnt = await daemonWith({ status: () => ({ ...STATUS, learning }) });
  const told = await learnt.run(statusCommand());
  const alerts = { 'disk-full': '12 MB free', 'camera-lost': 'no picture for 3 min' };
  const alarmed = await daemonWith({ status: () => ({ ...STATUS, alerts }) });
  const { output: alarms } = await alarmed.run(statusCommand());
  expect(alarms).toMatch(/^alert +disk-full: 12 MB free\nalert +camera-lost: no picture for 3 min$/m);
  expect(output).not.toContain('alert');
  expect(output).not.toContain('riders');
  const count = { surfing: 7, windsurfing: 0 };
  const busy = await daemonWith({ status: () => ({ ...STATUS, activity: { ...STATUS.activity, count } }) });
  expect((await busy.run(statusCommand())).output).toMatch(/^riders +surfing 7, windsurfing 0$/m);
  expect(told.output).toMatch(/^archive +40 frames, 12 MB; 3 of them labelled$/m);
  expect(told.output).toContain(sentence);
  expect(told.output).toMatch(/^drift +1 of the 10 days/m);
});

test('an answer of another form is named as such', async () => {
  const { run } = await daemonWith({ rollback: () => ({ moved: true }) });
  const { status, errors } = await run(rollbackCommand());
  expect(status).toBe(1);
  expect(errors).toMatch(/^daemon-answer-unknown: the answer to rollback: /);
});

describe('where the daemon is', () => {
  const LOGIN = { username: 'pier', password: 'secret' };

  test('its own settings lead to it, with login and site', async () => {
    const { url } = await plainBroker(onlyLogin('pier', 'secret'));
    const { messaging } = await daemonWith(
      { status: () => STATUS },
      { mqtt: { ...QUICK, url, ...LOGIN }, base: 'surf/pier' },
    );
    await until(() => messaging.stats.connected, 'the daemon at the broker');
    const folder = await temporaryFolder();
    const secret = join(folder, 'password');
    const config = join(folder, 'board.json');
    await writeFile(secret, 'secret\n', { mode: 0o600 });
    const mqtt = { url, username: 'pier', passwordFile: 'password' };
    await writeFile(config, JSON.stringify({ site: 'pier', fleet: true, mqtt }));
    const found = await runHere(statusCommand(), ['-c', config]);
    expect([found.status, found.errors]).toEqual([0, '']);

    const address = messaging.address.replace('//', '//pier:secret@');
    expect((await runHere(statusCommand(), ['--url', address, '--site', 'pier'])).status).toBe(0);
    expect((await runHere(statusCommand(), ['--url', address, '--base', 'surf/pier/'])).status).toBe(0);
    const wrong = await runHere(statusCommand(), ['--url', messaging.address, '--site', 'pier']);
    expect([wrong.status, wrong.errors.split(':')[0]]).toEqual([1, 'mqtt-unauthorized']);
    expect(wrong.errors).not.toContain('secret');
  });

  test('without an address they lead to the embedded broker', async () => {
    const { messaging } = await daemonWith({ status: () => STATUS });
    const port = new URL(messaging.address).port;
    const found = await runHere(statusCommand(), ['--set', `broker.port=${port}`]);
    expect([found.status, found.errors]).toEqual([0, '']);
  });

  test('a daemon that does not answer is told of, with what to do', async () => {
    const { run } = await daemonWith({ status: () => new Promise(() => undefined) });
    const { status, errors } = await run(statusCommand(), ['--timeout', '200ms']);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^daemon-silent: no answer on surf\/response\/status at mqtt:\/\/127.* within 0\.2 s/,
    );
    expect(errors).toContain('systemctl status surfwatch');
  });

  test('a port that is not known has to be given', async () => {
    const { status, errors } = await runHere(statusCommand(), ['--set', 'broker.port=0']);
    expect([status, errors.split(':')[0]]).toEqual([2, 'daemon-address-unknown']);
    const both = await runHere(statusCommand(), ['--site', 'a', '--base', 'b']);
    expect(both.status).toBe(2);
    const wrong = await runHere(statusCommand(), ['--url', 'http://127.0.0.1']);
    expect(wrong.status).toBe(78);
  });
});
