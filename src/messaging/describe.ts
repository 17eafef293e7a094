/** Makes the payloads that describe the daemon itself: what runs, and how it is. */
import type { BeachReader } from '../activity/beach-reader.ts';
import type { Instant } from '../activity/tracker.ts';
import type { Rectangle } from '../base/geometry.ts';
import { frameRate, frameTimes, type Meter } from '../base/meter.ts';
import type { BoardHealth } from '../board/monitor.ts';
import type { CameraStats } from '../capture/camera.ts';
import type { Zone } from '../vision/zone.ts';
import { boardPayload, megabytes } from './board-payload.ts';
import { iso } from './from-report.ts';
import type { MessagingStats } from './messaging.ts';
import type { Health, Info } from './payloads.ts';

export function infoPayload(from: {
  readonly atMs: number;
  readonly version: string;
  readonly site: string;
  readonly reader: BeachReader;
  /** In force: the head's, overridden by the config's. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly zones: readonly Zone[];
  /** Null before the first frame. */
  readonly detail: SeenDetail | null;
}): Info {
  const { backbone, head, why } = from.reader;
  return {
    v: 1,
    ts: iso(from.atMs),
    version: from.version,
    site: from.site,
    engine: { name: `${backbone.engine} (${backbone.runtime})`, why },
    backbone: { id: backbone.manifest.id, sha256: backbone.manifest.weights.sha256 },
    head: { id: head.manifest.id },
    activities: head.manifest.activities,
    thresholds: { ...from.thresholds },
    zones: from.zones.map(({ name, points }) => ({
      name,
      points: points.map(({ x, y }): [number, number] => [x, y]),
    })),
    detail: from.detail && detailOf(from.detail),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

export function healthPayload(
  from: Instant & {
    /** Monotonic milliseconds. */
    readonly startedMs: number;
    readonly meter: Meter;
    /** Null before the first frame. */
    readonly detail: SeenDetail | null;
    readonly camera: CameraStats;
    readonly messaging: MessagingStats;
    /** Null before the board was first looked at. */
    readonly board: BoardHealth | null;
  },
): Health {
  const uptimeMs = from.monotonicMs - from.startedMs;
  const { status, frames, dropped, failures, lastFrameAt, lastError } = from.camera;
  const { connected, server, reconnects, events, droppedEvents, states } = from.messaging;
  const memory = process.memoryUsage();
  const { board } = from;
  return {
    v: 1,
    ts: iso(from.atMs),
    uptimeS: Math.round(uptimeMs / 1000),
    frames: {
      captured: frames,
      classified: from.meter.classified,
      dropped,
      failed: failures + from.meter.failed,
    },
    rateHz: Math.round(frameRate(from.meter, from.monotonicMs, uptimeMs) * 100) / 100,
    latencyMs: frameTimes(from.meter),
    detail: from.detail && {
      ...detailOf(from.detail),
      watched: from.detail.watched,
      turns: from.detail.turns,
    },
    outbox: { events, states, droppedEvents },
    memory: { rssMB: Math.round(memory.rss / 1e6), heapMB: Math.round(memory.heapUsed / 1e6) },
    cpuTemperatureC: board?.temperatureC ?? null,
    diskFreeMB: megabytes(board?.disk?.freeBytes),
    ...(board === null ? {} : { board: boardPayload(board) }),
    camera: {
      status: status === 'ended' ? 'offline' : status,
      lastFrameTs: lastFrameAt === undefined ? null : iso(lastFrameAt),
      error: status === 'online' ? null : (lastError?.code ?? null),
    },
    mqtt: { connected, server, reconnects },
  };
}

/** How finely the beach is read at present. */
export interface SeenDetail {
  /** Pixels of the finest level to one of the frame. */
  readonly scale: number;
  /** Height in pixels of the frame of the smallest rider that is seen well. */
  readonly smallestPx: number;
  /** What reading the newest frame of those that are for what is watched took, decoding and all, in milliseconds. */
  readonly tookMs: number;
  /** The part of the frame that is read at this scale … */
  readonly watched: Rectangle;
  /** … in so many frames. */
  readonly turns: number;
}

function detailOf({ scale, smallestPx, tookMs }: SeenDetail): NonNullable<Info['detail']> {
  return { scale: rounded(scale), smallestPx: rounded(smallestPx), tookMs: Math.round(tookMs) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
