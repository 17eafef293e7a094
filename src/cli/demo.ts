/** `surfwatch demo`: the daemon with a simulated camera, for looking around. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { ActivityReport } from '../activity/report.ts';
import { PACKAGE_ROOT } from '../base/paths.ts';
import type { ConfigSource } from '../config/source.ts';
import { activityColour, colours as pc } from './colours.ts';
import { activityInWords } from './daemon/words.ts';
import { addConfigOptions, type ConfigOptions, commonSettingsFrom, sourceFrom } from './options.ts';

export function demoCommand(): Command {
  return addConfigOptions(new Command('demo'))
    .description('run the daemon with a simulated camera, its own broker and the shipped model')
    .option('--json', 'print each change as one JSON object per line', false)
    .addHelpText('after', HELP)
    .action(demo);
}

const HELP = `
The camera first shows real frames of a line-up, then draws a beach where surfers, windsurfers and kitesurfers come and
go by a script, and so on in turn. It prints the result of the model, and which pictures it was shown. The broker
is at port 1883 and the page at 8321 or, if that is taken, at any free port. The demo learns in a temporary folder, which it
deletes when it ends; --set stateDir=DIR keeps it. So several demos can run at once, and beside a daemon.

Examples:
  $ surfwatch demo
  $ surfwatch demo --set camera.simulator.seed=7
`;

async function demo(options: ConfigOptions & { json: boolean }): Promise<void> {
  const config = [join(PACKAGE_ROOT, 'config', 'demo.json'), ...options.config];
  const own = await ownState({ config, set: options.set });
  const ports = [`broker.port=${await freePort(1883)}`, `web.port=${await freePort(8321)}`];
  const set = ['log.level=warn', ...ports, ...own.set, ...options.set];
  // A file of the package is none of the user's.
  const file = options.config.at(-1);
  try {
    await run(sourceFrom({ config, set }, file === undefined ? null : resolve(file)), options);
  } finally {
    await own.remove();
  }
}

/** A folder for one demo, unless one is asked for. */
async function ownState(options: ConfigOptions): Promise<{ set: string[]; remove: () => Promise<void> }> {
  const { effective } = commonSettingsFrom(options);
  const asked = effective.find(({ path }) => path === 'stateDir')?.source !== 'default';
  if (asked) return { set: [], remove: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'surfwatch-demo-'));
  return { set: [`stateDir=${folder}`], remove: () => rm(folder, { recursive: true, force: true }) };
}

/** That one, else any: chosen once, as broker and page are to be where they were after a start anew. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    return wanted;
  } catch {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } finally {
    server.close();
  }
}

async function run(source: ConfigSource, options: { json: boolean }): Promise<void> {
  const { settings } = source.load().cameras[0];
  const { runDaemon } = await import('./run-daemon.ts');
  const { topicBase } = await import('../messaging/topics.ts');
  // The first frame is judged before the page is served; where to look comes first all the same.
  const held: string[] = [];
  let isTold = options.json;
  const say = (text: string) => (isTold ? console.log(text) : held.push(text));
  await runDaemon(source, {
    onStarted: ({ address, pageUrl }) => {
      if (options.json) return;
      isTold = true;
      const port = Number(new URL(address).port);
      if (pageUrl !== '') console.log(`page       ${pageUrl}`);
      console.log(`broker     ${address}`);
      console.log(`subscribe  mosquitto_sub -p ${port} -v -t '${topicBase(settings)}/#'`);
      console.log('stop       Ctrl-C\n');
      for (const text of held) console.log(text);
    },
    onChange: (report, origin) =>
      say(options.json ? JSON.stringify({ ...report, origin }) : line(report, origin)),
  });
}

function line(report: ActivityReport, origin: string): string {
  const time = new Date().toTimeString().slice(0, 8);
  const riders = Object.entries(report.count ?? {}).flatMap(([name, riders]) =>
    riders === 0 ? [] : [`${riders} ${name}`],
  );
  const what = activityInWords(report, activityColour(report.activity));
  const where = origin.startsWith('footage:') ? 'real frames' : 'drawn';
  return `${time}  ${what.padEnd(32)} ${riders.join(', ').padEnd(28)} ${pc.dim(where)}`;
}
