/** Backbone and head, and what learns new heads for it. */
import { join } from 'node:path';
import { liveView } from '../base/live-view.ts';
import { partLogger } from '../base/log.ts';
import { messageOf } from '../errors.ts';
import { Learning } from '../learning/board/learning.ts';
import { modelEventPayload } from '../learning/board/model-event.ts';
import { openModel } from '../learning/board/open-model.ts';
import { headFolders } from '../learning/models/resolve.ts';
import { countOne } from '../pipeline/snapshot.ts';
import { measuredDetail } from '../vision/cells/detail.ts';
import type { Wiring } from './wiring.ts';

type Opened = Awaited<ReturnType<typeof openModel>>;

/**
 * Puts the model in force.
 *
 * @throws SurfwatchError `model-*`, `engine-*`
 */
export async function loadModel(wiring: Wiring): Promise<Opened> {
  const { configured, deps, parts } = wiring;
  const { log, clock } = deps;
  const { models, vision, stateDir, learning: options } = configured;
  const settings = () => parts().control.settings;
  const detail = measuredDetail(
    () => settings().vision,
    () => settings().vision.share * settings().camera.intervalMs,
  );
  const setup = { models, vision, detail, stateDir, keepHeads: options.keepHeads, clock };
  const opened = await openModel({ ...setup, log: partLogger(log, 'vision') });
  const { late, watch, messaging, portrait } = parts();
  late.reader = opened.reader;
  watch.use(opened.reader);
  const { backbone, head, why } = opened.reader;
  const { engine, runtime } = backbone;
  partLogger(log, 'daemon').info({ engine, runtime, why, head: head.manifest.id }, 'model loaded');
  messaging.set('info', portrait.info());
  return opened;
}

/** Opens what learns; where that cannot be, a beach that is watched without it is better than one that is not watched. */
export async function openLearning(wiring: Wiring, opened: Opened): Promise<void> {
  const { late, messaging } = wiring.parts();
  const learning = createLearning(wiring, opened);
  try {
    await learning.start();
    late.learning = learning;
  } catch (error) {
    partLogger(wiring.deps.log, 'daemon').error({ err: error }, 'nothing can be kept or learnt');
    messaging.alert('learning-failed', messageOf(error));
  }
}

function createLearning({ configured, deps, zones, newId, sender, parts }: Wiring, opened: Opened): Learning {
  const { control, watch, messaging, portrait, retrainings } = parts();
  return new Learning({
    options: liveView(() => control.settings.learning),
    directory: join(configured.stateDir, 'learning'),
    shippedHeads: headFolders(configured).shipped,
    reader: opened.reader,
    store: opened.store,
    zones,
    get intervalMs() {
      return control.settings.camera.intervalMs;
    },
    thresholds: () => watch.options.thresholds,
    onTraining: training => messaging.set('training', training),
    onNews: news => {
      countOne(retrainings, news.type.replace('model_', ''));
      messaging.emit(modelEventPayload(news, newId(), sender()));
    },
    onAlert: (id, text) => messaging.alert(id, text),
    onHead: () => {
      watch.restart();
      messaging.set('info', portrait.info());
    },
    newId,
    clock: deps.clock,
    log: partLogger(deps.log, 'learning'),
  });
}
