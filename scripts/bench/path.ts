/** Measures the way of a frame stage by stage, from the bytes of a picture to the acknowledged message. */
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { createClassifier, scoreZones } from '../../src/activity/classifier.ts';
import { scoreEmbeddings } from '../../src/activity/head.ts';
import { DEFAULT_ACTIVITY_OPTIONS } from '../../src/activity/options.ts';
import { scoresOf } from '../../src/activity/scores.ts';
import { startTracker, track } from '../../src/activity/tracker.ts';
import { activityPayload } from '../../src/messaging/from-report.ts';
import { Messaging } from '../../src/messaging/messaging.ts';
import { BROKER_DEFAULTS, MQTT_DEFAULTS } from '../../src/messaging/options.ts';
import { statusVerb } from '../../src/messaging/verbs.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { SHIPPED_MODELS } from '../../src/ops/paths.ts';
import { readTiles } from '../../src/vision/decode.ts';
import { type GateState, gatePicture } from '../../src/vision/gate.ts';
import { DEFAULT_GATE_OPTIONS, measureQuality } from '../../src/vision/quality.ts';
import { answerParent } from './child.ts';
import { cpuMs } from './samples.ts';

export const STAGES = ['decode, tiles', 'backbone', 'head', 'gates, smoothing', 'publish', 'all'] as const;
export type Stage = (typeof STAGES)[number];

export interface PathReply {
  /** Milliseconds of every frame. */
  readonly stages: Readonly<Record<Stage, readonly number[]>>;
  /** CPU time of one frame. */
  readonly cpuMs: number;
}

export interface PathResult extends PathReply {
  readonly picture: string;
  readonly tiles: number;
}

interface Question {
  readonly files: readonly string[];
  /** Columns, rows. */
  readonly grid: readonly [number, number];
  readonly frames: number;
}

const WARM_UP = 5;
const VISION = { engine: 'auto', threads: 0, maxBytes: 20e6, maxPixels: 50e6 } as const;
const MODELS = { dir: SHIPPED_MODELS, backbone: 'surfwatch-mobilenetv2-1.0-224', head: 'current' };

let parts: ReturnType<typeof start> | undefined;

answerParent<Question, PathReply>(async question => {
  parts ??= start();
  const { classifier, messaging } = await parts;
  const pictures = await Promise.all(question.files.map(file => readFile(file)));
  return measure(classifier, messaging, pictures, question);
});

async function start() {
  const messaging = new Messaging({
    mqtt: MQTT_DEFAULTS,
    broker: { ...BROKER_DEFAULTS, port: 0 },
    base: 'surf',
    verbs: { status: statusVerb(() => ({})) },
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  await messaging.start();
  const classifier = await createClassifier(MODELS, VISION);
  if (!(await messaging.flush(10_000))) throw new Error('the embedded broker does not answer');
  return { classifier, messaging };
}

async function measure(
  { backbone, head }: Awaited<ReturnType<typeof createClassifier>>,
  messaging: Messaging,
  pictures: readonly Buffer[],
  { grid: [columns, rows], frames }: Question,
): Promise<PathReply> {
  const zones = [{ name: 'beach', x: 0, y: 0, w: 1, h: 1, tiles: { columns, rows, overlap: 0.1 } }];
  const now = () => ({ atMs: Date.now(), monotonicMs: performance.now() });
  const stages = Object.fromEntries(STAGES.map(stage => [stage, [] as number[]])) as Record<Stage, number[]>;
  let tracker = startTracker(['beach'], now());
  let still: GateState = null;
  let cpuBefore = 0;
  for (let index = 0; index < WARM_UP + frames; index++) {
    if (index === WARM_UP) cpuBefore = cpuMs();
    const marks = [performance.now()];
    const mark = () => marks.push(performance.now());

    const picture = await readTiles(
      pictures[index % pictures.length] as Buffer,
      zones,
      backbone.manifest.input.size,
      VISION,
    );
    mark();
    const count = picture.tiles.length;
    const embeddings = await backbone.embed(picture.pixels, count);
    mark();
    const probabilities = scoreEmbeddings(head, embeddings, count);
    const tiles = picture.tiles.map((tile, row) => ({
      ...tile,
      scores: scoresOf(head.manifest, probabilities, row),
    }));
    const scored = scoreZones(tiles);
    mark();
    const gate = gatePicture(still, measureQuality(picture.preview), performance.now(), DEFAULT_GATE_OPTIONS);
    still = gate.state;
    const observation = { ...now(), frame: String(index), visibility: gate.visibility, zones: scored };
    const step = track(tracker, observation, DEFAULT_ACTIVITY_OPTIONS, { newId: () => String(index) });
    tracker = step.state;
    mark();
    // Every frame is published, where the daemon publishes changes.
    messaging.set(
      'activity',
      activityPayload(step.beach, { site: 'bench', model: head.manifest.id, atMs: Date.now() }),
    );
    messaging.set('activity/state', step.beach.activity);
    if (!(await messaging.flush(10_000))) throw new Error('the message was not acknowledged');
    mark();

    if (index < WARM_UP) continue;
    for (const [stage, name] of STAGES.entries()) {
      const from = name === 'all' ? 0 : stage;
      const to = name === 'all' ? marks.length - 1 : stage + 1;
      stages[name].push((marks[to] as number) - (marks[from] as number));
    }
  }
  return { stages, cpuMs: (cpuMs() - cpuBefore) / frames };
}
