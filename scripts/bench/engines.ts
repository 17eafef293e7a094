/** Measures the backbone on one engine; also run as a process of its own for each. */
import { join } from 'node:path';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { messageOf } from '../../src/errors.ts';
import type { Backbone, EngineName } from '../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { answerParent } from './answer.ts';
import { cpuMs, peakMemoryMB } from './samples.ts';

export type EngineReply =
  | { readonly kind: 'loaded'; readonly runtime: string; readonly loadMs: number }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'times'; readonly tiles: number; readonly ms: readonly number[]; readonly cpuMs: number }
  | { readonly kind: 'end'; readonly peakMB: number };

export interface EngineResult {
  readonly engine: EngineName;
  /** Null where the engine does not load. */
  readonly runtime: string | null;
  readonly reason: string;
  readonly loadMs: number;
  readonly peakMB: number;
  /** For 1 and for 12 tiles: milliseconds of every run, and CPU time of one. */
  readonly tiles: Readonly<Record<number, { readonly ms: readonly number[]; readonly cpuMs: number }>>;
}

type Question = { do: 'load' } | { do: 'embed'; tiles: number; times: number } | { do: 'end' };

const MODEL = join(SHIPPED_MODELS, 'backbone', 'surfwatch-mobilenetv2-v3');

let backbone: Backbone | undefined;

answerParent<Question, EngineReply>(async question => {
  if (question.do === 'load') return load(process.argv[2] as EngineName);
  if (question.do === 'end') return { kind: 'end', peakMB: peakMemoryMB() };
  return backbone === undefined
    ? { kind: 'absent', reason: '' }
    : embed(backbone, question.tiles, question.times);
});

async function load(engine: EngineName): Promise<EngineReply> {
  const startedMs = performance.now();
  try {
    const bundle = await loadBackboneBundle(MODEL);
    ({ backbone } = await createBackbone(bundle, { engine, threads: 1 }));
  } catch (error) {
    return { kind: 'absent', reason: messageOf(error).split('\n')[0] ?? '' };
  }
  const loadMs = performance.now() - startedMs;
  for (const tiles of [1, 12]) await embed(backbone, tiles, 2);
  return { kind: 'loaded', runtime: backbone.runtime, loadMs };
}

async function embed(engine: Backbone, tiles: number, times: number): Promise<EngineReply> {
  const { size } = engine.manifest.input;
  const pixels = Uint8Array.from({ length: tiles * size * size * 3 }, (_, index) => (index * 7919) % 256);
  const ms: number[] = [];
  const cpuBefore = cpuMs();
  for (let run = 0; run < times; run++) {
    const startedMs = performance.now();
    await engine.embed(pixels, tiles);
    ms.push(performance.now() - startedMs);
  }
  return { kind: 'times', tiles, ms, cpuMs: (cpuMs() - cpuBefore) / times };
}

/** All rounds of one engine together. */
export function mergeRounds(engine: EngineName, replies: readonly EngineReply[]): EngineResult {
  const loaded = replies.find(reply => reply.kind === 'loaded');
  const absent = replies.find(reply => reply.kind === 'absent');
  const end = replies.find(reply => reply.kind === 'end');
  const tiles = [1, 12].map(count => {
    const rounds = replies.filter(reply => reply.kind === 'times' && reply.tiles === count);
    const times = rounds.flatMap(reply => (reply.kind === 'times' ? [reply] : []));
    const cpu = times.reduce((sum, reply) => sum + reply.cpuMs / times.length, 0);
    return [count, { ms: times.flatMap(reply => reply.ms), cpuMs: cpu }] as const;
  });
  return {
    engine,
    runtime: loaded?.runtime ?? null,
    reason: absent?.reason ?? '',
    loadMs: loaded?.loadMs ?? 0,
    peakMB: end?.peakMB ?? 0,
    tiles: Object.fromEntries(tiles),
  };
}
