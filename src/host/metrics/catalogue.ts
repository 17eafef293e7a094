/** Every metric: its name, type and help, and how it is read. The table in docs/monitoring.md is made of it. */
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';

export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Labels of each sample beside `site`. */
  readonly labels?: readonly string[];
  /** It is of the program or the board, and has no `site`. */
  readonly ofProgram?: true;
  /** No sample where the figure is not known. Absent where it is observed one by one. */
  readonly read?: (snapshot: MetricsSnapshot) => readonly Sample[];
}

/** What is timed of a frame. */
export const STAGES = ['decode', 'embed', 'score', 'frame'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_METRIC = 'surfwatch_stage_duration_seconds';

const STATES = ['starting', 'running', 'paused', 'night', 'closed', 'degraded', 'stopping'];
const CAMERA_STATES = ['starting', 'online', 'offline', 'ended'];

const one = (value: number | null | undefined): Sample[] =>
  value === null || value === undefined ? [] : [{ value }];

const flag = (value: boolean | null | undefined): Sample[] =>
  value === null || value === undefined ? [] : [{ value: value ? 1 : 0 }];

/** One series for each state, 1 for the present one (OpenMetrics calls it a state set). */
const stateSet = (label: string, states: readonly string[], present: string): Sample[] =>
  states.map(state => ({ value: state === present ? 1 : 0, labels: { [label]: state } }));

const tally = (label: string, counts: ReadonlyMap<string, number>): Sample[] =>
  [...counts].map(([name, value]) => ({ value, labels: { [label]: name } }));

const ridersOf = (
  count: Readonly<Record<string, number>> | null | undefined,
  labels: Readonly<Record<string, string>> = {},
): Sample[] =>
  Object.entries(count ?? {}).map(([activity, value]) => ({ value, labels: { ...labels, activity } }));

const OF_DAEMON: readonly Metric[] = [
  {
    name: 'surfwatch_info',
    type: 'gauge',
    help: 'Always 1; its labels say what runs.',
    labels: ['version', 'engine', 'head'],
    read: ({ info: { version, engine, head } }) => [{ value: 1, labels: { version, engine, head } }],
  },
  {
    name: 'surfwatch_state',
    type: 'gauge',
    help: 'What the daemon is doing: 1 for the present state, else 0.',
    labels: ['state'],
    read: ({ state }) => stateSet('state', STATES, state),
  },
  {
    name: 'surfwatch_alert',
    type: 'gauge',
    help: '1 for each alert that is raised; no series for the others.',
    labels: ['id'],
    read: ({ alerts }) => alerts.map(id => ({ value: 1, labels: { id } })),
  },
  {
    name: 'surfwatch_errors_total',
    type: 'counter',
    help: 'Errors that were logged, by their codes.',
    labels: ['code'],
    ofProgram: true,
    read: ({ errors }) => tally('code', errors),
  },
];

const OF_PIPELINE: readonly Metric[] = [
  {
    name: 'surfwatch_camera_state',
    type: 'gauge',
    help: 'Whether frames arrive: 1 for the present state, else 0.',
    labels: ['state'],
    read: ({ camera }) => stateSet('state', CAMERA_STATES, camera.status),
  },
  {
    name: 'surfwatch_camera_last_frame_timestamp_seconds',
    type: 'gauge',
    help: 'When the last frame was taken, in seconds since the epoch.',
    read: ({ camera }) => (camera.lastFrameAtMs === null ? [] : one(camera.lastFrameAtMs / 1000)),
  },
  {
    name: 'surfwatch_frames_captured_total',
    type: 'counter',
    help: 'Frames taken from the camera.',
    read: ({ frames }) => one(frames.captured),
  },
  {
    name: 'surfwatch_frames_classified_total',
    type: 'counter',
    help: 'Frames scored.',
    read: ({ frames }) => one(frames.classified),
  },
  {
    name: 'surfwatch_frames_dropped_total',
    type: 'counter',
    help: 'Frames replaced by newer ones before they were scored.',
    read: ({ frames }) => one(frames.dropped),
  },
  {
    name: 'surfwatch_frames_failed_total',
    type: 'counter',
    help: 'Frames that could not be captured, read or scored.',
    read: ({ frames }) => one(frames.failed),
  },
  {
    name: STAGE_METRIC,
    type: 'histogram',
    help: 'How long the stages of a frame took; `frame` is all of it, from picture to publication.',
    labels: ['stage'],
  },
  {
    name: 'surfwatch_activity',
    type: 'gauge',
    help: 'The activity on the beach as a whole: 1 for the present one, else 0.',
    labels: ['activity'],
    read: ({ beach, info }) =>
      beach === null ? [] : stateSet('activity', [...info.activities, 'none', 'unknown'], beach.activity),
  },
  {
    name: 'surfwatch_activity_score_ratio',
    type: 'gauge',
    help: 'Smoothed, calibrated score of each activity, 0..1; none while the picture cannot be judged.',
    labels: ['activity'],
    read: ({ beach }) =>
      Object.entries(beach?.scores ?? {}).map(([activity, value]) => ({ value, labels: { activity } })),
  },
  {
    name: 'surfwatch_riders',
    type: 'gauge',
    help: 'Smoothed number of riders on the beach as a whole; none while it is not known.',
    labels: ['activity'],
    read: ({ beach }) => ridersOf(beach?.count),
  },
  {
    name: 'surfwatch_zone_riders',
    type: 'gauge',
    help: 'The same of each zone. Zones may overlap, so their sum may count a rider twice.',
    labels: ['zone', 'activity'],
    read: ({ beach }) =>
      Object.entries(beach?.zoneCounts ?? {}).flatMap(([zone, count]) => ridersOf(count, { zone })),
  },
  {
    name: 'surfwatch_retrainings_total',
    type: 'counter',
    help: 'Retrainings that ended, by their results.',
    labels: ['result'],
    read: ({ retrainings }) => tally('result', retrainings),
  },
];

const OF_MESSAGING: readonly Metric[] = [
  {
    name: 'surfwatch_mqtt_connected',
    type: 'gauge',
    help: '1 while the broker is connected, else 0.',
    read: ({ mqtt }) => flag(mqtt.connected),
  },
  {
    name: 'surfwatch_mqtt_reconnects_total',
    type: 'counter',
    help: 'Connections to the broker made after the first.',
    read: ({ mqtt }) => one(mqtt.reconnects),
  },
  {
    name: 'surfwatch_outbox_events',
    type: 'gauge',
    help: 'Events that wait for the broker.',
    read: ({ outbox }) => one(outbox.events),
  },
  {
    name: 'surfwatch_outbox_events_dropped_total',
    type: 'counter',
    help: 'Events given up because the queue was full or the broker refused them; those of earlier runs count too.',
    read: ({ outbox }) => one(outbox.droppedEvents),
  },
  {
    name: 'surfwatch_outbox_states',
    type: 'gauge',
    help: 'State topics whose newest value the broker has not acknowledged.',
    read: ({ outbox }) => one(outbox.states),
  },
];

const OF_BOARD: readonly Metric[] = [
  {
    name: 'surfwatch_board_temperature_celsius',
    type: 'gauge',
    help: 'Temperature of the processor.',
    read: ({ board }) => one(board?.temperatureC),
  },
  {
    name: 'surfwatch_board_throttled',
    type: 'gauge',
    help: '1 while the processor is slowed down, else 0.',
    read: ({ board }) => flag(board?.throttled),
  },
  {
    name: 'surfwatch_board_undervoltage',
    type: 'gauge',
    help: '1 while the power supply gives too low a voltage (Raspberry Pi), else 0.',
    read: ({ board }) => flag(board?.undervoltage),
  },
  {
    name: 'surfwatch_board_load1',
    type: 'gauge',
    help: 'Load of the last minute.',
    read: ({ board }) => one(board?.load),
  },
  {
    name: 'surfwatch_board_memory_available_bytes',
    type: 'gauge',
    help: 'Memory that programs can still get without swapping.',
    read: ({ board }) => one(board?.memory?.availableBytes),
  },
  {
    name: 'surfwatch_board_swap_used_bytes',
    type: 'gauge',
    help: 'Used swap.',
    read: ({ board }) => one(board?.memory?.swapUsedBytes),
  },
  {
    name: 'surfwatch_board_clock_jumps_total',
    type: 'counter',
    help: 'How often the clock was moved by two seconds or more.',
    read: ({ board }) => one(board?.clockJumps),
  },
  {
    name: 'surfwatch_disk_free_bytes',
    type: 'gauge',
    help: 'Room on the disk of the state folder.',
    read: ({ board }) => one(board?.disk?.freeBytes),
  },
  {
    name: 'surfwatch_disk_size_bytes',
    type: 'gauge',
    help: 'Size of the disk of the state folder.',
    read: ({ board }) => one(board?.disk?.sizeBytes),
  },
  {
    name: 'surfwatch_disk_wear_ratio',
    type: 'gauge',
    help: 'Share of the rated life of an eMMC that is used, at most; above 1 beyond it.',
    labels: ['device'],
    read: ({ board }) =>
      (board?.wear ?? []).flatMap(({ device, used }) =>
        used === null ? [] : [{ value: used, labels: { device } }],
      ),
  },
  {
    name: 'surfwatch_disk_written_bytes_total',
    type: 'counter',
    help: 'Bytes that the process has had written to disks.',
    read: ({ board }) => one(board?.writtenBytes),
  },
];

export const METRICS: readonly Metric[] = [
  ...OF_DAEMON,
  ...OF_PIPELINE,
  ...OF_MESSAGING,
  ...OF_BOARD.map((metric): Metric => ({ ...metric, ofProgram: true })),
];
