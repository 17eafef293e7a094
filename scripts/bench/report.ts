/** Writes the figures as a page. */
import { cpus, release, type as systemName, totalmem } from 'node:os';
import { PRECISIONS } from '../../src/vision/backbone.ts';
import type { DaemonResult } from './daemon.ts';
import type { PartResult } from './parts.ts';
import { type PathResult, STAGES } from './path.ts';
import { percentile } from './samples.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
  readonly date: string;
}

export interface Results {
  readonly machine: Machine;
  readonly quick: boolean;
  /** Mean size of the JPEG files in bytes. */
  readonly pictures: { readonly hd: number; readonly fullHd: number };
  readonly path: readonly PathResult[];
  readonly parts: readonly PartResult[];
  readonly daemon: DaemonResult;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()} ${process.arch}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** @param peers the part that `npm run bench:peers` wrote */
export function report(results: Results, peers: string): string {
  const { machine, pictures } = results;
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  return [
    '# Performance',
    '',
    `Measured with \`npm run bench${results.quick ? ' -- --quick' : ''}\` on ${machine.date}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.system}, Node ${machine.node}. All figures of one run. Pictures: drawn by the simulator, 1280 × 720 (JPEG, ${kB(pictures.hd)}) and 1920 × 1080 (${kB(pictures.fullHd)}). p50 and p95 are percentiles, CPU is the time of all threads together.`,
    '',
    ...targets(results),
    ...stages(results.path),
    ...partsOf(results.parts),
    ...daemon(results.daemon),
    peers,
    '',
    ...TRIED,
  ].join('\n');
}

/** So that nobody need try again. */
const TRIED = [
  '## What was tried and does not help',
  '',
  '- `MALLOC_MMAP_THRESHOLD_` of 4 MB in the environment of the daemon takes memory off it, and makes the start and each frame clearly slower: the kernel clears the memory of each large array anew. For a board that is short of memory it is a choice; the units do without.',
  '- `--optimize-for-size` of V8 makes the start longer and takes no less memory.',
  '- Bands of more numbers compute fewer rows twice, but leave the caches: the pass takes as long, and more memory. With fewer numbers it takes longer.',
  '- To turn pixels into planes as bytes, not as floats, changes nothing that can be measured.',
  '- In int8 the first convolution over blocks of 8 or 16 pixels takes no less than over blocks of 4, as it is done; over pairs, or in float32, as long as over pixels. Bands of half as many bytes take an eighth longer, of twice as many no less.',
  '- To make all levels before the first is read keeps both cores no busier than to make the finest alone ahead, and takes more memory.',
  '- jemalloc in the place of the allocator of the C library (`LD_PRELOAD` with this command) takes a tenth off the memory of the daemon, mimalloc and tcmalloc nothing.',
  "- V8's compile cache (Node.js 22 has one) makes the start no shorter.",
  '- The memory arena of onnxruntime, with its memory pattern and without, takes no less memory, and a collection of garbage after each frame takes hardly any off: most of what is not in use lies between the arrays of a pass, in the heap of the C library.',
  '',
];

function targets({ path, daemon }: Results): string[] {
  const [fp32, int8] = PRECISIONS.map(precision =>
    path.find(each => each.picture.startsWith('1280') && each.detail === 1 && each.precision === precision),
  );
  const half = (ms: readonly number[] = []) => percentile(ms, 0.5);
  const bare = half(int8?.stages.decode) + half(int8?.bareMs);
  const rows = [
    limitRow(
      'a frame of 1280 × 720 read at detail 1 in int8 (decode, pass, riders), beside its decoding and onnxruntime alone, p50',
      (['decode', 'pass', 'riders'] as const).reduce((sum, name) => sum + half(int8?.stages[name]), 0) / bare,
      1.25,
      '×',
    ),
    limitRow(
      'the pass over it in int8, beside fp32, p50',
      half(int8?.stages.pass) / half(fp32?.stages.pass),
      0.6,
      '×',
    ),
    limitRow('memory of the daemon with frames of 1920 × 1080 (RSS), most', daemon.peakMB, 180, 'MB'),
    limitRow('first publication after the start, p50', half(daemon.firstMs), 1_000, 'ms'),
  ];
  return [
    '## Targets on two cores',
    '',
    '| | target | measured | met |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function limitRow(what: string, value: number, most: number, unit: string): string {
  return `| ${what} | ≤ ${most} ${unit} | ${number(value)} ${unit} | ${value <= most ? 'yes' : 'no'} |`;
}

function stages(path: readonly PathResult[]): string[] {
  const names = STAGES.map(name => (name === 'all' ? '**all**' : name));
  const rows = path.map(({ picture, detail, precision, scale, stages: times, cpuMs, peakMB, bareMs }) => {
    const cells = [...STAGES.map(name => pair(times[name])), number(cpuMs), pair(bareMs)];
    const how = detail === 'auto' ? `auto (${scale.toFixed(2)})` : detail;
    return `| ${picture}, detail ${how}, ${precision} | ${cells.join(' | ')} | ${Math.round(peakMB)} MB |`;
  });
  return [
    '## From a picture to its message',
    '',
    'Milliseconds, p50 / p95, frame after frame in one process: the JPEG in memory, decoded, led through the backbone once at each of its levels (engine `onnx`, all threads), riders found and followed, published at QoS 1 to the embedded broker and acknowledged. At detail 1 every pixel of the frame is read; `auto` enlarges it where there is time, here as if there always were. In turn with the frames: onnxruntime alone on the levels of the same frame, the whole backbone in one session of the same precision, without the projection and the head; it is given the levels, which the pass makes itself. The whole frame is read, where the daemon reads the part that is watched.',
    '',
    `| | ${names.join(' | ')} | CPU | onnxruntime alone | peak RSS |`,
    `| --- |${' --- |'.repeat(STAGES.length + 3)}`,
    ...rows,
    '',
  ];
}

function partsOf(parts: readonly PartResult[]): string[] {
  const rows = parts.map(({ part, beside, own, other }) => {
    const ratio = percentile(own.ms, 0.5) / percentile(other.ms, 0.5);
    const cells = [pair(own.ms), pair(other.ms), `${ratio.toFixed(2)} ×`];
    const cpu = [own, other].map(({ cpuMs }) => number(percentile(cpuMs, 0.5)));
    return `| ${part} | ${beside} | ${[...cells, ...cpu].join(' | ')} |`;
  });
  return [
    '## Parts of the pass, beside what they take the place of',
    '',
    'In turn in one process, milliseconds, p50 / p95. A core for each thread of onnxruntime; libvips uses one.',
    '',
    '| | beside | own | other | ratio | CPU, own | CPU, other |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function daemon({ firstMs, steadyMB, peakMB, latencyMs, cpuShare }: DaemonResult): string[] {
  const own = latencyMs === null ? 'none yet' : `${number(latencyMs.p50)} / ${number(latencyMs.p95)} ms`;
  return [
    '## The daemon',
    '',
    'The process of the daemon, without that of its embedded broker, with default settings and the environment of the systemd unit; a 1920 × 1080 picture from a folder every two seconds.',
    '',
    '| | |',
    '| --- | --- |',
    `| start of the process to the first judged activity at a subscriber, p50 / worst of ${firstMs.length} | ${Math.round(percentile(firstMs, 0.5))} / ${Math.round(Math.max(...firstMs))} ms |`,
    `| steady memory (RSS), p50 / most | ${Math.round(percentile(steadyMB, 0.5))} / ${Math.round(peakMB)} MB |`,
    `| a frame through the daemon, by its own \`health\`, p50 / p95 | ${own} |`,
    `| share of one core | ${Math.round(cpuShare * 100)} % |`,
    '',
  ];
}

function pair(ms: readonly number[]): string {
  return `${number(percentile(ms, 0.5))} / ${number(percentile(ms, 0.95))}`;
}

function number(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}
