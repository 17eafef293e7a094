/** What the daemon can be asked for, and the broker by which it is asked. */
import { join } from 'node:path';
import { partLogger } from '../base/log.ts';
import { BrokerProcess } from '../broker/process.ts';
import { Control } from '../control/control.ts';
import { SurfwatchError } from '../errors.ts';
import { verbParts } from '../learning/board/verb-parts.ts';
import { learningVerbs } from '../learning/board/verbs.ts';
import { DiskEvents } from '../messaging/event-queue.ts';
import { Messaging } from '../messaging/messaging.ts';
import { MAX_QUEUED_EVENTS } from '../messaging/options.ts';
import { topicBase } from '../messaging/topics.ts';
import { statusVerb } from '../messaging/verbs.ts';
import { seenFrameOf } from '../pipeline/seen.ts';
import { learningOf, type Wiring } from './wiring.ts';

/** The frames go first, whatever clients send to the embedded broker. */
const BROKER_NICENESS = 10;

export function createControl({ configured, deps, zones, parts }: Wiring): Control {
  const { clock, log, effective } = deps;
  return new Control({
    settings: configured,
    ...(effective !== undefined && { effective }),
    zones,
    messaging: () => parts().messaging,
    onPause: () => parts().lookout.attend(),
    onResume: () => parts().lookout.attend(),
    onSettings: () => {
      const { lookout, late, messaging, portrait } = parts();
      lookout.useSettings();
      if (late.reader !== undefined) messaging.set('info', portrait.info());
    },
    look: signal => {
      const { late, lookout } = parts();
      if (!late.started) throw new SurfwatchError('command-busy', 'the daemon is still starting');
      return lookout.lookNow(signal);
    },
    keep: look => learningOf(parts()).keep(seenFrameOf(look, parts().watch)),
    remember: look => parts().late.learning?.remember(seenFrameOf(look, parts().watch)),
    thresholds: () => parts().watch.options.thresholds,
    view: forget => parts().view.ask(forget),
    clock,
    log,
  });
}

export function createMessaging({ configured, deps, parts }: Wiring, control: Control): Messaging {
  const { clock, networkClock = clock, log } = deps;
  const { mqtt, broker, stateDir, discovery, zones } = configured;
  const base = topicBase(configured);
  const ownBroker = new BrokerProcess({
    options: broker,
    base,
    niceness: BROKER_NICENESS,
    clock: networkClock,
    log: partLogger(log, 'broker'),
  });
  const learning = verbParts(() => learningOf(parts()));
  return new Messaging({
    mqtt,
    ...(mqtt.url === '' && { broker: ownBroker }),
    base,
    verbs: {
      status: statusVerb(() => parts().portrait.status()),
      ...learningVerbs(learning),
      ...control.verbs,
    },
    labels: learning.labels,
    events: new DiskEvents({
      path: join(stateDir, 'outbox.db'),
      maxEvents: MAX_QUEUED_EVENTS,
      clock,
      log: partLogger(log, 'messaging'),
    }),
    discovery: {
      ...discovery,
      zones: zones.map(({ name }) => name),
      get heartbeatMs() {
        return control.settings.activity.heartbeatMs;
      },
      get snapshot() {
        return control.settings.snapshot.publish;
      },
    },
    clock: networkClock,
    log: partLogger(log, 'messaging'),
  });
}
