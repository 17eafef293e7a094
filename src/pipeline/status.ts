/** What the daemon says of itself: the topic `state`, the answer to `status`, what the metrics are made of. */
import type { ActivityReport } from '../activity/report.ts';
import type { Clock } from '../base/clock.ts';
import type { LearningStatus } from '../learning/board/learning-deps.ts';
import { activityPayload, iso, type Sender } from '../messaging/from-report.ts';
import type { Messaging } from '../messaging/messaging.ts';
import type { Health, Info, State } from '../messaging/payloads.ts';
import type { CurrentCondition } from './condition.ts';
import type { FrameLoop } from './frame-loop.ts';
import type { MetricsSnapshot } from './metrics-snapshot.ts';
import type { Pipeline } from './pipeline.ts';

export function statePayload(condition: CurrentCondition, clock: Pick<Clock, 'now' | 'monotonic'>): State {
  const { until, sinceMs, ...rest } = condition;
  const since = iso(clock.now() - Math.round(clock.monotonic() - sinceMs));
  const ends = until === undefined ? {} : { until: until === null ? null : iso(until) };
  return { v: 1, ts: iso(clock.now()), ...rest, since, ...ends };
}

/** The answer to `status`. */
export function statusAnswer(from: {
  readonly state: State;
  readonly beach: ActivityReport;
  readonly sender: Sender;
  readonly info: Info;
  readonly health: Health;
  readonly alerts: Readonly<Record<string, string>>;
  /** Null where learning could not be started. */
  readonly learning: LearningStatus | null;
}) {
  const { beach, sender, ...rest } = from;
  return { activity: activityPayload(beach, sender), ...rest };
}

export interface MetricsSources
  extends Pick<MetricsSnapshot, 'retrainings' | 'errors' | 'board' | 'stalled'> {
  readonly info: Info;
  readonly pipeline: Pick<Pipeline, 'reports' | 'meter'>;
  readonly frameLoop: Pick<FrameLoop, 'condition' | 'cameraStats'>;
  readonly messaging: Pick<Messaging, 'stats' | 'alerts'>;
  /** An activity was published: before it nothing is known of the beach. */
  readonly isPublished: boolean;
}

export function metricsSnapshot(from: MetricsSources): MetricsSnapshot {
  const { info, pipeline, frameLoop, messaging, isPublished, ...rest } = from;
  const camera = frameLoop.cameraStats;
  const { connected, reconnects, events, states, droppedEvents } = messaging.stats;
  const { beach, zones } = pipeline.reports;
  const { activity, scores, count } = beach;
  const zoneCounts = Object.fromEntries(zones.map(zone => [zone.zone, zone.count]));
  return {
    info: {
      version: info.version,
      site: info.site,
      engine: info.engine.name,
      head: info.head.id,
      activities: info.activities,
    },
    state: frameLoop.condition.state,
    camera: {
      status: camera.status,
      lastFrameAtMs: camera.lastFrameAt ?? null,
      fault: camera.status === 'online' ? null : (camera.lastError?.code ?? null),
    },
    frames: {
      captured: camera.frames,
      classified: pipeline.meter.classified,
      dropped: camera.dropped,
      failed: camera.failures + pipeline.meter.failed,
    },
    beach: isPublished ? { activity, scores, count, zoneCounts } : null,
    mqtt: { connected, reconnects },
    outbox: { events, states, droppedEvents },
    alerts: messaging.alerts,
    ...rest,
  };
}
