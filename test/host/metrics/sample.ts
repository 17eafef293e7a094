/** A snapshot as of a board on which something is known of everything. */
import type { MetricsSnapshot } from '../../../src/pipeline/metrics-snapshot.ts';

export const SNAPSHOT: MetricsSnapshot = {
  info: {
    version: '1.0.0',
    site: 'north-pier',
    engine: 'onnx "1.30"',
    head: 'shipped',
    activities: ['surfing', 'windsurfing', 'kitesurfing'],
  },
  state: 'running',
  camera: { status: 'online', lastFrameAtMs: 1_780_000_000_500, fault: null },
  frames: { captured: 10, classified: 8, dropped: 1, failed: 2 },
  beach: {
    activity: 'windsurfing',
    scores: { surfing: 0.05, windsurfing: 0.91, kitesurfing: 0.03 },
    count: { surfing: 0, windsurfing: 4, kitesurfing: 0 },
    zoneCounts: { north: { surfing: 0, windsurfing: 3, kitesurfing: 0 }, south: null },
  },
  mqtt: { connected: true, reconnects: 3 },
  outbox: { events: 4, states: 1, droppedEvents: 7 },
  alerts: ['board-hot'],
  retrainings: new Map([['promoted', 2]]),
  errors: new Map([['camera-timeout', 5]]),
  board: {
    temperatureC: 81.5,
    load: 0.42,
    memory: { availableBytes: 1_000_000, totalBytes: 2_000_000, swapUsedBytes: 5 },
    disk: { freeBytes: 123, sizeBytes: 456 },
    wear: [{ device: 'mmcblk0', used: 0.2, reserve: 'normal' }],
    writtenBytes: 789,
    undervoltage: true,
    throttled: false,
    loopDelay: { p99Ms: 1, maxMs: 2 },
    clockJumps: 1,
  },
  stalled: null,
};
