import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import { type Daemon, startDaemon } from '../../src/daemon/daemon.ts';
import { trainingSchema } from '../../src/messaging/learning-payloads.ts';
import { activitySchema, responseSchema } from '../../src/messaging/payloads.ts';
import { QUICK } from '../daemon/support.ts';
import { client, has, hasMosquitto, mosquitto } from '../messaging/support.ts';
import { BUNDLED } from '../support/defaults.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { shellLines } from './pages.ts';

const LINES = shellLines().filter(({ line }) => line.startsWith('mosquitto_'));
const hasClients = has('mosquitto_sub');
if (!hasClients)
  console.warn(
    'mosquitto-clients is not installed: examples with it are skipped (apt install mosquitto-clients)',
  );

async function drawPicture(file: string): Promise<void> {
  const noise = { type: 'gaussian' as const, mean: 110, sigma: 30 };
  const drawn = sharp({ create: { width: 320, height: 180, channels: 3, noise, background: '#000' } });
  await drawn.jpeg().toFile(file);
}

/** A daemon that looks at a drawn picture. */
async function daemonWith(set: readonly string[]): Promise<Daemon> {
  const folder = await temporaryFolder();
  await drawPicture(join(folder, 'sea.jpg'));
  const camera = ['camera.kind=directory', `camera.directory.path=${folder}`, 'camera.interval=1s'];
  const config = loadCameras({
    env: {},
    cwd: folder,
    systemFile: '',
    set: [...QUICK, ...camera, 'activity.staleAfter=10s', ...set],
  });
  const daemon = await startDaemon(config, {
    clock: systemClock,
    log: silent,
    programs: BUNDLED,
    version: '0.0.0',
  });
  onTestFinished(() => daemon.stop());
  return daemon;
}

/** Waits until the daemon has said its first word, and notes its answers. */
async function watch(url: string) {
  const watching = await client(url);
  await watching.mqtt.subscribeAsync(['surf/activity', 'surf/response/#']);
  await until(() => watching.last('surf/activity') !== undefined, 'the first activity');
  return watching;
}

/**
 * Runs a line as it is printed, in a folder with a picture. The port comes from the files that Mosquitto's clients read
 * their options from; what would listen for ever listens for one second.
 */
async function shell(line: string, url: string): Promise<string> {
  const { port } = new URL(url);
  const options = await temporaryFolder();
  for (const program of ['mosquitto_pub', 'mosquitto_rr', 'mosquitto_sub']) {
    const wait = program === 'mosquitto_sub' && !/ -W /.test(line) ? '-W 1\n' : '';
    writeFileSync(join(options, program), `-p ${port}\n${wait}`);
  }
  const cwd = await temporaryFolder();
  await drawPicture(join(cwd, 'photo.jpg'));
  const child = spawn('bash', ['-c', line], {
    cwd,
    env: { PATH: process.env.PATH, XDG_CONFIG_HOME: options },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  await once(child, 'close');
  // mosquitto_sub says so when its time is over.
  expect(complaint.replace('Timed out\n', '')).toBe('');
  return output;
}

function checkOutput(line: string, output: string): void {
  const topic = /-t '?([^ ']+)/.exec(line)?.[1] ?? '';
  if (topic.endsWith('#')) {
    const activity = /^surf\/activity (.*)$/m.exec(output)?.[1] ?? '';
    expect(activitySchema.parse(JSON.parse(activity))).toMatchObject({ site: 'beach' });
    expect(output).toContain('surf/availability online');
  } else if (topic === 'surf/activity/state') expect(output).toMatch(/^(\w+\n)+$/);
  else if (topic === 'surf/training') trainingSchema.parse(JSON.parse(output));
  // Nothing happens meanwhile.
  else if (topic.startsWith('$share/')) expect(output).toBe('');
  else if (line.startsWith('mosquitto_pub')) expect(output).toBe('');
  else expect(responseSchema.parse(JSON.parse(output))).toMatchObject({ status: 'ok' });
}

const [overMqtt5, plain] = [true, false].map(wanted =>
  LINES.filter(({ line }) => /-V 5/.test(line) === wanted),
);

test('there are examples with Mosquitto', () => {
  expect(overMqtt5?.length).toBeGreaterThan(0);
  expect(plain?.length).toBeGreaterThan(4);
  const ofReadme = LINES.filter(({ at }) => at.startsWith('README.md'));
  expect(ofReadme.map(({ line }) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['mosquitto_sub', 'mosquitto_pub']),
  );
});

test.skipIf(!hasMosquitto || !hasClients)('the examples of the README work with Mosquitto', async () => {
  const { url } = await mosquitto();
  await daemonWith([`mqtt.url=${url}`]);
  const watching = await watch(url);
  const answers = () => watching.received.filter(({ topic }) => topic.startsWith('surf/response/'));
  for (const { at, line } of LINES.filter(one => one.at.startsWith('README.md'))) {
    const before = answers().length;
    checkOutput(line, await shell(line, url));
    if (line.includes('mosquitto_pub')) await until(() => answers().length > before, `${at}: an answer`);
  }
});

test.skipIf(!hasClients)('the examples work with the embedded broker', async () => {
  const daemon = await daemonWith(['broker.port=0']);
  const watching = await watch(daemon.address);
  const answers = () => watching.received.filter(({ topic }) => topic.startsWith('surf/response/'));
  for (const { at, line } of plain ?? []) {
    const before = answers().length;
    checkOutput(line, await shell(line, daemon.address));
    if (line.includes('mosquitto_pub')) await until(() => answers().length > before, `${at}: an answer`);
  }

  const unknown = EXAMPLES['response/<verb>'].find(({ topic }) => topic === 'response/statis')?.payload;
  const command = { command: 'statis', transaction: unknown?.transaction };
  await watching.mqtt.publishAsync('surf/command', JSON.stringify(command), { qos: 1 });
  await until(() => watching.last('surf/response/statis') !== undefined, 'the answer to a wrong command');
  expect(JSON.parse(watching.last('surf/response/statis') ?? '')).toEqual(unknown);
});

test.skipIf(!hasMosquitto)('the examples of MQTT 5 work with a broker', async () => {
  const { url } = await mosquitto();
  await daemonWith([`mqtt.url=${url}`]);
  await watch(url);
  for (const { line } of overMqtt5 ?? []) checkOutput(line, await shell(line, url));
});
