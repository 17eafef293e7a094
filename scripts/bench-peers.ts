/** Measures the pass beside other ways to read the same frames, in one run: `npm run bench:peers`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { buildChildren, Child } from './bench/child.ts';
import { PEERS, type PeerQuestion, type PeerReply } from './bench/peers.ts';
import { replacePeers } from './bench/peers-part.ts';
import { drawPictures } from './bench/pictures.ts';
import { describeMachine } from './bench/report.ts';
import { percentile } from './bench/samples.ts';

interface Flags {
  readonly out: string;
  readonly yolox: string;
  readonly rounds: string;
}

const HELP = `
Each way is a process of its own, and they take turns frame by frame, so that a busy moment meets all of them. What is not
installed is listed as such. It takes about three minutes.

Example:
  $ npm run bench:peers -- --yolox ../shared/models/yolox-nano/yolox_nano.onnx
`;

const flags = new Command('bench:peers')
  .description('Measures the pass over a frame of 1280 × 720 at detail 1 beside other ways to read it.')
  .option('-o, --out <file>', 'the report with the part', join(PACKAGE_ROOT, 'docs', 'performance.md'))
  .option('--yolox <file>', 'YOLOX-nano as ONNX', '')
  .option('--rounds <n>', 'frames of each', '24')
  .addHelpText('after', HELP)
  .parse()
  .opts<Flags>();

const folder = await mkdtemp(join(tmpdir(), 'surfwatch-bench-'));
try {
  const built = await buildChildren();
  const { hd } = await drawPictures(folder);
  const results = await measure(built, hd, Number(flags.rounds));
  const table = describe(results);
  console.log(table.join('\n'));
  await writeFile(flags.out, replacePeers(await readFile(flags.out, 'utf8'), table));
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface PeerResult {
  readonly name: string;
  readonly absent: string | null;
  readonly coldMs: number;
  readonly firstMs: number;
  readonly ms: readonly number[];
  readonly cpuMs: number;
  readonly peakMB: number;
}

async function measure(built: string, files: readonly string[], rounds: number): Promise<PeerResult[]> {
  const subjects = Object.keys(PEERS).map(name => ({
    name,
    child: new Child<PeerReply>(built, 'peers', []),
    absent: null as string | null,
    coldMs: 0,
    firstMs: 0,
    ms: [] as number[],
    cpu: [] as number[],
  }));
  const ask = (child: Child<PeerReply>, question: PeerQuestion) => child.ask(question);
  for (const subject of subjects) {
    const reply = await ask(subject.child, { do: 'load', name: subject.name, file: flags.yolox });
    if (reply.kind === 'absent') subject.absent = reply.reason;
    else if (reply.kind === 'loaded') subject.coldMs = reply.coldMs;
  }
  // The first frame also opens sessions; the second is the last that gets ready.
  for (let round = -2; round < rounds; round++) {
    for (const subject of subjects) {
      if (subject.absent !== null) continue;
      const file = files.at(round % files.length) as string;
      const reply = await ask(subject.child, { do: 'read', files: [file] });
      if (reply.kind !== 'read') continue;
      if (round === -2) subject.firstMs = reply.ms[0] ?? 0;
      if (round < 0) continue;
      subject.ms.push(...reply.ms);
      subject.cpu.push(reply.cpuMs);
    }
  }
  const results: PeerResult[] = [];
  for (const { child, cpu, ...subject } of subjects) {
    const end = await ask(child, { do: 'end' });
    child.end();
    results.push({ ...subject, cpuMs: percentile(cpu, 0.5), peakMB: end.kind === 'end' ? end.peakMB : 0 });
  }
  return results;
}

function describe(results: readonly PeerResult[]): string[] {
  const { cpu, cores, system, node, date } = describeMachine();
  const ours = results.find(({ name }) => name === 'surfwatch int8');
  const rows = results.map(({ name, absent, coldMs, firstMs, ms, cpuMs, peakMB }) => {
    const what = PEERS[name]?.what ?? '';
    if (absent !== null) return `| ${name} | ${what} | not measured: ${tidy(absent)} | | | | |`;
    const times = percentile(ms, 0.5) / percentile(ours?.ms ?? [], 0.5);
    const [half, most] = [0.5, 0.95].map(share => Math.round(percentile(ms, share)));
    const cold = Math.round(coldMs + firstMs);
    return `| ${name} | ${what} | ${half} / ${most} | ${times.toFixed(2)} × | ${Math.round(cpuMs)} | ${cold} | ${Math.round(peakMB)} MB |`;
  });
  return [
    '## Beside others',
    '',
    `\`npm run bench:peers\` on ${date}: ${cpu}, ${cores} cores, ${system}, Node ${node}. Frames of 1280 × 720 drawn by the simulator, at detail 1, from the JPEG on; all cores. Each way is a process of its own, and they take turns frame by frame. Milliseconds, p50 / p95; the ratio to surfwatch int8; CPU of all threads; cold: from the start of the process to the end of the first frame; most memory.`,
    '',
    '| | | a frame | ratio | CPU | cold | peak RSS |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function tidy(reason: string): string {
  return reason.replaceAll(`${PACKAGE_ROOT}/`, '').replaceAll('|', '\\|');
}
