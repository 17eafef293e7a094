/** Builds the parts of the daemon from the settings and wires them. Nothing lives before it is started. */
import { monotonicFactory } from 'ulid';
import { partLogger } from '../base/log.ts';
import { Monitor } from '../board/monitor.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { History } from '../history/history.ts';
import { MetricsOutlets } from '../host/metrics/outlets.ts';
import { Lookout } from '../pipeline/lookout.ts';
import { Portrait } from '../pipeline/portrait.ts';
import { Reporter } from '../pipeline/reporter.ts';
import { seenFrameOf } from '../pipeline/seen.ts';
import { ViewKeeper } from '../pipeline/view-keeper.ts';
import { type Look, Watch } from '../pipeline/watch.ts';
import { EARLIEST_MS } from '../schedule/clock-set.ts';
import { timeZoneOf } from '../schedule/schedule.ts';
import { createControl, createMessaging } from './commands.ts';
import { type DaemonDeps, type Parts, tellDamage, type Wiring } from './wiring.ts';

export function createWiring(configured: Settings, deps: DaemonDeps): Wiring {
  const newId = monotonicFactory();
  const wiring: Wiring = {
    configured,
    deps,
    zones: zonesOf(configured),
    newId: () => newId(),
    sender: () => ({ site: configured.site, model: built.watch.head, atMs: deps.clock.now() }),
    parts: () => built,
  };
  const built = createParts(wiring);
  return wiring;
}

function createParts(wiring: Wiring): Parts {
  const { configured, deps, zones, newId, sender } = wiring;
  const { clock, networkClock = clock, log } = deps;
  const { site, stateDir } = configured;
  const byZone = zones.length > 0;
  const late: Parts['late'] = { started: false };
  const retrainings = new Map<string, number>();
  const control = createControl(wiring);
  const settings = () => control.settings;
  const messaging = createMessaging(wiring, control);
  const watch = new Watch({
    settings,
    zones,
    newId,
    onDetail: ({ scale, smallestPx, tookMs }) => {
      partLogger(log, 'vision').info(
        { scale, smallestPx, tookMs: Math.round(tookMs) },
        `riders of ${Math.ceil(smallestPx)} pixels and more are seen well`,
      );
      messaging.set('info', portrait.info());
    },
    clock,
  });
  const view = new ViewKeeper({ stateDir, watch, clock, log: partLogger(log, 'vision') });
  const publishRiders = () => settings().riders.publish;
  const reporter = new Reporter({ messaging, byZone, publishRiders, sender, newId, clock });
  const history = new History({
    options: configured.history,
    directory: stateDir,
    site,
    timeZone: timeZoneOf(configured.schedule),
    byZone,
    onStats: stats => messaging.set('stats/hourly', stats),
    onFault: text => messaging.alert('history-not-kept', text),
    onSetAside: () => void tellDamage(wiring.parts()),
    clock,
    log: partLogger(log, 'ops'),
  });
  const monitor = new Monitor({
    options: configured.monitor,
    stateDir,
    notBeforeMs: EARLIEST_MS,
    onAlert: (id, text) => messaging.alert(id, text),
    clock,
    log: partLogger(log, 'ops'),
  });
  const lookout = new Lookout({
    settings,
    watch,
    reporter,
    history,
    messaging,
    paused: () => control.paused,
    onLooked: look => takeLook(wiring.parts(), look),
    onPublished: frame => void late.learningOpened?.then(() => late.learning?.published(frame)),
    onCondition: () => messaging.set('state', portrait.state()),
    onChange: (report, origin) => deps.onChange?.(report, origin),
    onHeartbeat: () => {
      messaging.set('health', portrait.health());
      void view.beat();
    },
    newId,
    clock,
    log,
  });
  const portrait = new Portrait({
    version: deps.version,
    site,
    zones,
    watch,
    lookout,
    messaging,
    board: () => monitor.latest,
    reader: () => late.reader,
    learning: () => late.learning,
    retrainings,
    errors: deps.errors ?? new Map(),
    stalled: () => deps.stalled?.() ?? null,
    clock,
  });
  const outlets = new MetricsOutlets({
    options: configured.metrics,
    snapshot: () => portrait.figures(reporter.publishedMs !== null),
    clock: networkClock,
    log: partLogger(log, 'ops'),
  });
  return {
    control,
    messaging,
    watch,
    view,
    reporter,
    history,
    lookout,
    monitor,
    portrait,
    outlets,
    retrainings,
    late,
  };
}

function takeLook({ control, outlets, late, watch }: Parts, look: Look): void {
  control.seen(look);
  const { read } = look.looked;
  if (read === undefined) return;
  for (const stage of ['decode', 'embed', 'score'] as const) outlets.tookMs?.(stage, read.tookMs[stage]);
  outlets.tookMs?.('frame', look.tookMs);
  const seen = seenFrameOf(look, watch);
  void late.learningOpened?.then(() => late.learning?.take(seen));
}
