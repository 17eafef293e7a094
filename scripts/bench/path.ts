/** Measures the way of a frame stage by stage, from the bytes of a picture to the acknowledged message. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type BeachReader, createBeachReader } from '../../src/activity/beach-reader.ts';
import { thresholdsAmong } from '../../src/activity/rider-threshold.ts';
import { NO_RIDERS, stepRiders } from '../../src/activity/riders.ts';
import { startTracker, track } from '../../src/activity/tracker.ts';
import { sightings } from '../../src/activity/zones.ts';
import { systemClock } from '../../src/base/clock.ts';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { BrokerProcess } from '../../src/broker/process.ts';
import { defaultSettings } from '../../src/config/load.ts';
import { activityPayload } from '../../src/messaging/from-report.ts';
import { Messaging } from '../../src/messaging/messaging.ts';
import { CommandRegistry } from '../../src/messaging/verbs.ts';
import type { Precision } from '../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { fixedDetail } from '../../src/vision/cells/detail.ts';
import { pyramidOf } from '../../src/vision/cells/pyramid.ts';
import { decodeFrame, PICTURE_LIMITS, type RawPicture, resizePicture } from '../../src/vision/decode.ts';
import { measureQuality } from '../../src/vision/quality.ts';
import { passQualityGates, type QualityGateState } from '../../src/vision/quality-gates.ts';
import { WHOLE_FRAME } from '../../src/vision/zone.ts';
import { answerParent } from './answer.ts';
import { openBare } from './bare.ts';
import { cpuMs } from './samples.ts';

const DEFAULTS = defaultSettings();

export const STAGES = ['decode', 'pass', 'riders', 'gates, evidence', 'publish', 'all'] as const;
export type Stage = (typeof STAGES)[number];

export interface PathReply {
  /** Milliseconds of every frame. */
  readonly stages: Readonly<Record<Stage, readonly number[]>>;
  /** In turn with the frames: the backbone alone in onnxruntime, in one session, on the levels of the same frame. */
  readonly bareMs: readonly number[];
  /** CPU time of one frame. */
  readonly cpuMs: number;
  /** Most memory of the process, in MB (2^20 bytes). */
  readonly peakMB: number;
  /** Pixels of the finest level to one of the frame. */
  readonly scale: number;
}

export interface PathResult extends PathReply {
  readonly picture: string;
  readonly precision: Precision;
  readonly detail: 'auto' | number;
}

interface Question {
  readonly files: readonly string[];
  readonly detail: 'auto' | number;
  readonly precision: Precision;
  readonly frames: number;
}

const WARM_UP = 3;

const MODELS = { dir: SHIPPED_MODELS, backbone: 'surfwatch-mobilenetv2-v3', head: 'current' };

answerParent<Question, PathReply>(async question => {
  const messaging = await startMessaging();
  const { precision, detail } = question;
  const vision = { engine: 'onnx', threads: 0, precision } as const;
  const reader = await createBeachReader(MODELS, vision, fixedDetail({ detail }));
  const pictures = await Promise.all(question.files.map(file => readFile(file)));
  const bundle = await loadBackboneBundle(join(MODELS.dir, 'backbone', MODELS.backbone));
  const bare = await openBare(bundle, precision, availableParallelism());
  return measure(reader, messaging, pictures, bare, question);
});

async function startMessaging(): Promise<Messaging> {
  const shared = { clock: systemClock, log: pino({ level: 'silent' }) };
  const broker = new BrokerProcess({ ...shared, bases: ['surf'], options: { ...DEFAULTS.broker, port: 0 } });
  const messaging = new Messaging({
    ...shared,
    base: 'surf',
    mqtt: DEFAULTS.mqtt,
    broker: broker.accessOf('surf'),
    commands: new CommandRegistry(),
  });
  await messaging.start();
  if (!(await messaging.flush(10_000))) throw new Error('the embedded broker does not answer');
  return messaging;
}

async function measure(
  reader: BeachReader,
  messaging: Messaging,
  pictures: readonly Buffer[],
  bare: (levels: readonly RawPicture[]) => Promise<void>,
  { frames }: Question,
): Promise<PathReply> {
  const { activities, cells } = reader.head.manifest;
  const now = () => ({ atMs: Date.now(), monotonicMs: performance.now() });
  const stages = Object.fromEntries(STAGES.map(stage => [stage, [] as number[]])) as Record<Stage, number[]>;
  const bareMs: number[] = [];
  let tracker = startTracker(['beach'], now());
  let still: QualityGateState = null;
  let riders = NO_RIDERS;
  let cpu = 0;
  let peakMB = 0;
  let scale = 0;
  for (let index = 0; index < WARM_UP + frames; index++) {
    const bytes = pictures[index % pictures.length] as Buffer;
    const cpuBefore = cpuMs();
    const startMs = performance.now();
    const read = await reader.read(bytes, [WHOLE_FRAME]);
    const readMs = performance.now();
    const gate = passQualityGates(still, measureQuality(read.picture), performance.now(), DEFAULTS.gates);
    still = gate.state;
    riders = stepRiders(riders, read.detections, performance.now(), {
      thresholdOf: thresholdsAmong(read.detections, cells),
      newId: () => `rider-${index}`,
    });
    const observation = {
      ...now(),
      frame: String(index),
      visibility: gate.visibility,
      ...sightings({ riders, kites: NO_RIDERS }, [WHOLE_FRAME], activities),
    };
    const step = track(tracker, observation, DEFAULTS.activity, { newId: () => String(index) });
    tracker = step.state;
    const judgedMs = performance.now();
    // Every frame is published, where the daemon publishes changes.
    const sender = { site: 'bench', model: reader.head.manifest.id, atMs: Date.now() };
    messaging.set('activity', activityPayload(step.beach, sender));
    messaging.set('activity/state', step.beach.activity);
    if (!(await messaging.flush(10_000))) throw new Error('the message was not acknowledged');
    const doneMs = performance.now();
    const cpuOfFrame = cpuMs() - cpuBefore;
    ({ scale } = read.detail);
    // Before what is measured beside it takes memory too.
    if (index < WARM_UP) peakMB = process.resourceUsage().maxRSS / 1024;
    const { frame, picture } = await decodeFrame(bytes, PICTURE_LIMITS);
    const levels = await Promise.all(pyramidOf(frame, scale).map(size => resizePicture(picture, size)));
    const alone = await timed(() => bare(levels));
    if (index < WARM_UP) continue;
    cpu += cpuOfFrame;
    stages.decode.push(read.tookMs.decode);
    stages.pass.push(read.tookMs.embed);
    stages.riders.push(read.tookMs.score);
    stages['gates, evidence'].push(judgedMs - readMs);
    stages.publish.push(doneMs - judgedMs);
    stages.all.push(doneMs - startMs);
    bareMs.push(alone);
  }
  return { stages, bareMs, cpuMs: cpu / frames, peakMB, scale };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
