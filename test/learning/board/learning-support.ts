/** Learning on a board as the daemon has it: the shipped model, a real archive and store, and frames handed in. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { onTestFinished } from 'vitest';
import { type BeachReader, createBeachReader, type ReadFrame } from '../../../src/activity/beach-reader.ts';
import { fairTurns } from '../../../src/base/fair-turns.ts';
import { SHIPPED_MODELS } from '../../../src/base/paths.ts';
import { Learning } from '../../../src/learning/board/learning.ts';
import type { LearningAlert, ModelNews } from '../../../src/learning/board/learning-deps.ts';
import { resolveHead } from '../../../src/learning/models/resolve.ts';
import { openModelStore } from '../../../src/learning/models/store.ts';
import type { LearningOptions } from '../../../src/learning/options.ts';
import type { Training } from '../../../src/messaging/learning-payloads.ts';
import { fixedDetail } from '../../../src/vision/cells/detail.ts';
import { WHOLE_FRAME } from '../../../src/vision/zone.ts';
import { BUNDLED, DEFAULTS } from '../../support/defaults.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };
export const ZONES = [WHOLE_FRAME];
const SHIPPED_HEADS = join(SHIPPED_MODELS, 'riders');

export async function openReader(): Promise<BeachReader> {
  const id = (await readFile(join(SHIPPED_HEADS, 'current'), 'utf8')).trim();
  const { backbone } = JSON.parse(await readFile(join(SHIPPED_HEADS, id, 'head.json'), 'utf8'));
  const models = { dir: SHIPPED_MODELS, backbone: backbone.id, head: 'current' };
  return createBeachReader(models, { engine: 'auto', threads: 1, ...LIMITS }, fixedDetail({ detail: 1 }));
}

/** A board that runs. @param state the folder it keeps: that of another run goes on with it */
export async function startBoard(
  reader: BeachReader,
  state: string,
  options: Partial<LearningOptions> = {},
  clock = fakeClock(),
) {
  const board = join(state, 'models', 'heads');
  const folders = { shipped: SHIPPED_HEADS, board };
  const { backbone } = reader.head.manifest;
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: line => void logged.push(line) });
  const store = await openModelStore({ folders, configured: 'current', backbone, keep: 5, clock, log });
  reader.useHead((await resolveHead(folders, 'current', backbone)).head);
  await store.current();
  const news: ModelNews[] = [];
  const trainings: Training[] = [];
  const alerts = new Map<LearningAlert, string>();
  const learning = new Learning({
    inTurn: fairTurns()(),
    options: { ...DEFAULTS.learning, ...options },
    minFreeBytes: 0,
    directory: join(state, 'learning'),
    // Without the base set of thousands of cells a retraining takes a moment.
    shippedHeads: join(state, 'no-base'),
    reader,
    store,
    zones: ZONES,
    intervalMs: () => 5000,
    thresholds: () => reader.head.manifest.thresholds,
    onTraining: training => void trainings.push(training),
    onNews: told => void news.push(told),
    onAlert: (id, text) => (text === null ? alerts.delete(id) : alerts.set(id, text)),
    onHead: () => undefined,
    // At the lowest priority a busy machine would starve it.
    thread: { programs: BUNDLED, niceness: 0 },
    newId: () => ulid(clock.now()),
    clock,
    log,
  });
  await learning.start();
  let running = true;
  const stop = async () => {
    if (running) await learning.stop();
    running = false;
  };
  onTestFinished(stop);

  /** Hands a frame in, as the daemon does. @returns its id */
  function take(bytes: Buffer, read: ReadFrame, activity = 'none'): string {
    const frame = { id: ulid(clock.now()), takenAt: clock.now(), bytes, origin: 'test' };
    const { thresholds } = reader.head.manifest;
    learning.add({ frame, monotonicMs: clock.monotonic(), visibility: 'ok', read, activity, thresholds });
    learning.published(frame.id);
    return frame.id;
  }
  return { learning, store, clock, news, trainings, alerts, logged, take, stop };
}
