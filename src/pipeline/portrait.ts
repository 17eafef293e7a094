/** The daemon as it shows itself: state, info, health, the answer to `status`, the figures of the metrics. */
import type { BeachReader } from '../activity/beach-reader.ts';
import type { Clock } from '../base/clock.ts';
import type { BoardHealth } from '../board/monitor.ts';
import type { Learning } from '../learning/board/learning.ts';
import { healthPayload, infoPayload } from '../messaging/describe.ts';
import { activityPayload, iso } from '../messaging/from-report.ts';
import type { Messaging } from '../messaging/messaging.ts';
import type { Health, Info, State } from '../messaging/payloads.ts';
import type { Zone } from '../vision/zone.ts';
import type { Condition } from './condition.ts';
import type { Lookout } from './lookout.ts';
import type { Snapshot } from './snapshot.ts';
import type { Watch } from './watch.ts';

export interface PortraitParts {
  /** Of surfwatch. */
  readonly version: string;
  readonly site: string;
  readonly zones: readonly Zone[];
  readonly watch: Watch;
  readonly lookout: Lookout;
  readonly messaging: Pick<Messaging, 'stats' | 'alerts' | 'alertTexts'>;
  readonly board: () => BoardHealth | null;
  readonly reader: () => BeachReader | undefined;
  readonly learning: () => Learning | undefined;
  /** How often each came out. */
  readonly retrainings: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly stalled: () => string | null;
  readonly clock: Clock;
}

export class Portrait {
  readonly #parts: PortraitParts;
  readonly #startedMs: number;
  #condition: Condition;
  #sinceMs: number;

  constructor(parts: PortraitParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.monotonic();
    this.#sinceMs = this.#startedMs;
    this.#condition = parts.lookout.condition;
  }

  state(): State {
    const { clock, lookout } = this.#parts;
    const { until, ...condition } = lookout.condition;
    const nowMs = clock.monotonic();
    if (this.#condition !== lookout.condition) {
      this.#sinceMs = nowMs;
      this.#condition = lookout.condition;
    }
    // By the monotonic clock: the wall clock may be set meanwhile.
    const since = iso(clock.now() - Math.round(nowMs - this.#sinceMs));
    const ends = until === undefined ? {} : { until: until === null ? null : iso(until) };
    return { v: 1, ts: iso(clock.now()), ...condition, since, ...ends };
  }

  /** Only once the model is loaded. */
  info(): Info {
    const { clock, version, site, zones, watch, reader } = this.#parts;
    return infoPayload({
      atMs: clock.now(),
      version,
      site,
      reader: reader() as BeachReader,
      thresholds: watch.options.thresholds,
      zones,
      detail: watch.detail,
    });
  }

  health(): Health {
    const { clock, watch, lookout, messaging, board } = this.#parts;
    return healthPayload({
      atMs: clock.now(),
      monotonicMs: clock.monotonic(),
      startedMs: this.#startedMs,
      meter: watch.meter,
      detail: watch.detail,
      camera: lookout.cameraStats,
      messaging: messaging.stats,
      board: board(),
    });
  }

  /** The answer to `status`. */
  status() {
    const { clock, site, watch, messaging, reader, learning } = this.#parts;
    const sender = { site, model: watch.head, atMs: clock.now() };
    const { beach } = watch.reports;
    // Whoever is told of a frame can label it.
    if (beach.frame !== null) learning()?.published(beach.frame);
    return {
      state: this.state(),
      activity: activityPayload(beach, sender),
      info: reader() === undefined ? null : this.info(),
      health: this.health(),
      alerts: messaging.alertTexts,
      learning: learning()?.status() ?? null,
    };
  }

  /** @param isPublished an activity was published: before it nothing is known of the beach */
  figures(isPublished: boolean): Snapshot {
    const { watch, lookout, messaging, reader, retrainings, errors, board } = this.#parts;
    const info = reader() === undefined ? null : this.info();
    const camera = lookout.cameraStats;
    const { connected, reconnects, events, states, droppedEvents } = messaging.stats;
    const { beach, zones } = watch.reports;
    const { activity, scores, count } = beach;
    const zoneCounts = Object.fromEntries(zones.map(zone => [zone.zone, zone.count]));
    return {
      info: info && {
        version: info.version,
        site: info.site,
        engine: info.engine.name,
        head: info.head.id,
        activities: info.activities,
      },
      state: lookout.condition.state,
      camera: {
        status: camera.status,
        lastFrameAtMs: camera.lastFrameAt ?? null,
        fault: camera.status === 'online' ? null : (camera.lastError?.code ?? null),
      },
      frames: {
        captured: camera.frames,
        classified: watch.meter.classified,
        dropped: camera.dropped,
        failed: camera.failures + watch.meter.failed,
      },
      beach: isPublished ? { activity, scores, count, zoneCounts } : null,
      mqtt: { connected, reconnects },
      outbox: { events, states, droppedEvents },
      alerts: messaging.alerts,
      retrainings,
      errors,
      board: board(),
      stalled: this.#parts.stalled(),
    };
  }
}
