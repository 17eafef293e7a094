/** Measures the product on this machine and writes docs/performance.md: `npm run bench`. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { PRECISIONS } from '../src/vision/backbone.ts';
import { buildChildren, Child } from './bench/child.ts';
import { measureDaemon } from './bench/daemon.ts';
import type { PartResult } from './bench/parts.ts';
import type { PathReply, PathResult } from './bench/path.ts';
import { peersOf } from './bench/peers-part.ts';
import { drawPictures, type Pictures } from './bench/pictures.ts';
import { describeMachine, type Results, report } from './bench/report.ts';

interface BenchOptions {
  readonly out: string;
  readonly json: boolean;
  readonly quick: boolean;
}

/** How often each thing is measured. */
const FULL = { frames: 12, starts: 5, daemonMs: 40_000, times: 30 };
const QUICK = { frames: 4, starts: 2, daemonMs: 8_000, times: 5 };

const HELP = `
It takes about five minutes, with --quick two; let nothing else run. \`npm run bench:peers\` measures the engines beside
each other.

Examples:
  $ npm run bench
  $ npm run bench -- --quick --out /tmp/performance.md
  $ npm run --silent bench -- --json > figures.json
`;

const program = new Command('bench')
  .description('Measures each stage and the whole daemon on pictures drawn by the simulator.')
  .option('-o, --out <file>', 'where the report goes', join(PACKAGE_ROOT, 'docs', 'performance.md'))
  .option('--json', 'print the figures as JSON and write no report', false)
  .option('--quick', 'few repetitions: to see that it works, not to compare', false)
  .addHelpText('after', HELP)
  .action(bench);
await program.parseAsync();

async function bench(options: BenchOptions): Promise<void> {
  const size = options.quick ? QUICK : FULL;
  const say = (text: string) => console.error(text);
  const folder = await mkdtemp(join(tmpdir(), 'surfwatch-bench-'));
  try {
    const built = await buildChildren();
    say('drawing pictures …');
    const pictures = await drawPictures(folder);
    say('measuring each stage, from the picture to the acknowledged message …');
    const path = await measurePath(built, pictures, size.frames);
    say('measuring parts of the pass, beside what they take the place of …');
    const parts = await measureParts(built, pictures, size.times);
    say('measuring the daemon …');
    const daemon = await measureDaemon({ folder, pictures: pictures.series, ...size });
    const results: Results = {
      machine: describeMachine(),
      quick: options.quick,
      pictures: pictures.bytes,
      path,
      parts,
      daemon,
    };
    if (options.json) {
      console.log(JSON.stringify(results, null, 1));
      return;
    }
    await mkdir(dirname(options.out), { recursive: true });
    const old = await readFile(options.out, 'utf8').catch(() => '');
    await writeFile(options.out, report(results, peersOf(old)));
    say(`written: ${options.out}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measurePath(built: string, pictures: Pictures, frames: number): Promise<PathResult[]> {
  const results: PathResult[] = [];
  for (const [name, files] of [
    ['1280 × 720', pictures.hd],
    ['1920 × 1080', pictures.fullHd],
  ] as const) {
    for (const detail of [1, 'auto'] as const) {
      for (const precision of PRECISIONS) {
        // A process each, as its memory is measured.
        const child = new Child<PathReply>(built, 'path', []);
        const reply = await child.ask({ files, detail, precision, frames });
        results.push({ picture: name, detail, precision, ...reply });
        child.end();
      }
    }
  }
  return results;
}

async function measureParts(built: string, { hd, fullHd }: Pictures, times: number): Promise<PartResult[]> {
  const child = new Child<PartResult[]>(built, 'parts', []);
  const parts = await child.ask({ files: [hd[0], fullHd[0]], times });
  child.end();
  return parts;
}
