import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../src/host/metrics/catalogue.ts';
import { createMetrics } from '../../../src/host/metrics/metrics.ts';
import { liveness, readiness } from '../../../src/host/metrics/outlets.ts';
import { countOne, type MetricsSnapshot } from '../../../src/pipeline/metrics-snapshot.ts';
import { has } from '../../messaging/support.ts';
import { SNAPSHOT } from './sample.ts';

const hasPromtool = has('promtool');
if (!hasPromtool) console.warn('promtool is not installed: a test is skipped (apt install prometheus)');

async function textOf(snapshot: MetricsSnapshot): Promise<string[]> {
  return (await createMetrics(() => [snapshot]).text()).split('\n');
}

describe('the metrics', () => {
  it.each([
    'surfwatch_info{site="north-pier",version="1.0.0",engine="onnx \\"1.30\\"",head="shipped"} 1',
    'surfwatch_state{site="north-pier",state="running"} 1',
    'surfwatch_state{site="north-pier",state="night"} 0',
    'surfwatch_state{site="north-pier",state="closed"} 0',
    'surfwatch_alert{site="north-pier",id="board-hot"} 1',
    'surfwatch_errors_total{code="camera-timeout"} 5',
    'surfwatch_camera_state{site="north-pier",state="online"} 1',
    'surfwatch_camera_last_frame_timestamp_seconds{site="north-pier"} 1780000000.5',
    'surfwatch_frames_captured_total{site="north-pier"} 10',
    'surfwatch_frames_classified_total{site="north-pier"} 8',
    'surfwatch_frames_dropped_total{site="north-pier"} 1',
    'surfwatch_frames_failed_total{site="north-pier"} 2',
    'surfwatch_activity{site="north-pier",activity="windsurfing"} 1',
    'surfwatch_activity{site="north-pier",activity="unknown"} 0',
    'surfwatch_activity_score_ratio{site="north-pier",activity="surfing"} 0.05',
    'surfwatch_riders{site="north-pier",activity="windsurfing"} 4',
    'surfwatch_zone_riders{site="north-pier",zone="north",activity="windsurfing"} 3',
    'surfwatch_retrainings_total{site="north-pier",result="promoted"} 2',
    'surfwatch_mqtt_connected{site="north-pier"} 1',
    'surfwatch_mqtt_reconnects_total{site="north-pier"} 3',
    'surfwatch_outbox_events{site="north-pier"} 4',
    'surfwatch_outbox_events_dropped_total{site="north-pier"} 7',
    'surfwatch_outbox_states{site="north-pier"} 1',
    'surfwatch_board_temperature_celsius 81.5',
    'surfwatch_board_throttled 0',
    'surfwatch_board_undervoltage 1',
    'surfwatch_board_load1 0.42',
    'surfwatch_board_memory_available_bytes 1000000',
    'surfwatch_board_swap_used_bytes 5',
    'surfwatch_board_clock_jumps_total 1',
    'surfwatch_disk_free_bytes 123',
    'surfwatch_disk_size_bytes 456',
    'surfwatch_disk_wear_ratio{device="mmcblk0"} 0.2',
    'surfwatch_disk_written_bytes_total 789',
  ])('have %s', async line => {
    expect(await textOf(SNAPSHOT)).toContain(line);
  });

  it('have each of the table, with its type', async () => {
    const metrics = createMetrics(() => [SNAPSHOT]);
    metrics.tookMs('north-pier', 'frame', 70);
    const lines = (await metrics.text()).split('\n');
    for (const { name, type } of METRICS) {
      expect(lines).toContain(`# TYPE ${name} ${type}`);
      expect(lines.some(line => line.startsWith(name))).toBe(true);
    }
    expect(lines).toContain(
      'surfwatch_stage_duration_seconds_bucket{le="0.1",site="north-pier",stage="frame"} 1',
    );
    expect(lines).toContain('surfwatch_stage_duration_seconds_sum{site="north-pier",stage="frame"} 0.07');
    expect(lines.some(line => /^process_resident_memory_bytes \d+$/.test(line))).toBe(true);
    expect(lines.some(line => line.startsWith('nodejs_eventloop_lag_p99_seconds'))).toBe(true);
  });

  it('have no series of what is not known, and never a made-up 0', async () => {
    const camera = { status: 'starting', lastFrameAtMs: null, fault: null } as const;
    const lines = await textOf({ ...SNAPSHOT, beach: null, board: null, camera });
    const series = lines.filter(line => /^surfwatch_(board|disk|activity|camera_last)/.test(line));
    expect(series).toEqual([]);
  });

  it('follow the snapshot, and forget what is over', async () => {
    let snapshot = SNAPSHOT;
    const metrics = createMetrics(() => [snapshot]);
    await metrics.text();
    const errors = new Map(SNAPSHOT.errors);
    countOne(errors, 'camera-timeout');
    countOne(errors, 'disk-full');
    snapshot = { ...SNAPSHOT, alerts: [], frames: { ...SNAPSHOT.frames, captured: 11 }, errors };
    const lines = (await metrics.text()).split('\n');
    expect(lines).toContain('surfwatch_frames_captured_total{site="north-pier"} 11');
    expect(lines).toContain('surfwatch_errors_total{code="camera-timeout"} 6');
    expect(lines).toContain('surfwatch_errors_total{code="disk-full"} 1');
    expect(lines.filter(line => line.startsWith('surfwatch_alert{'))).toEqual([]);
  });

  it('name the site of each camera, and say once what is of the board', async () => {
    const other = { ...SNAPSHOT, info: { ...SNAPSHOT.info, site: 'south-bay' }, state: 'night' };
    const lines = (await createMetrics(() => [SNAPSHOT, other]).text()).split('\n');
    expect(lines).toContain('surfwatch_state{site="north-pier",state="running"} 1');
    expect(lines).toContain('surfwatch_state{site="south-bay",state="night"} 1');
    expect(lines.filter(line => line.startsWith('surfwatch_board_load1 '))).toHaveLength(1);
    expect(
      lines.filter(line => line.startsWith('surfwatch_errors_total{code="camera-timeout"}')),
    ).toHaveLength(1);
  });

  it('keep the conventions of Prometheus for names', () => {
    for (const { name, type } of METRICS) {
      expect(name).toMatch(/^surfwatch_[a-z0-9_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ms|milliseconds|mb|megabytes|percent)(_|$)/);
    }
    expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
  });

  it.skipIf(!hasPromtool)('please promtool', async () => {
    const metrics = createMetrics(() => [SNAPSHOT]);
    metrics.tookMs('north-pier', 'embed', 12);
    const lines = (await metrics.text()).split('\n');
    // The figures of prom-client itself do not all keep the conventions.
    const own = lines.filter(line => /^(# (HELP|TYPE) )?surfwatch_/.test(line));
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], {
      input: `${own.join('\n')}\n`,
    });
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
  });
});

describe('alive', () => {
  it('is a daemon in which nothing is stuck', () => {
    expect(liveness(SNAPSHOT)).toEqual({ ok: true, state: 'running', reasons: [] });
    expect(liveness({ ...SNAPSHOT, stalled: 'a frame has been at work for 70 s' })).toEqual({
      ok: false,
      state: 'running',
      reasons: [{ code: 'stalled', message: 'a frame has been at work for 70 s' }],
    });
  });
});

describe('ready', () => {
  const lost = { status: 'offline', lastFrameAtMs: null, fault: 'camera-missing' } as const;

  it('is a daemon whose camera delivers', () => {
    expect(readiness(SNAPSHOT)).toEqual({ ok: true, state: 'running', reasons: [] });
    expect(readiness({ ...SNAPSHOT, state: 'degraded', camera: lost })).toMatchObject({
      ok: false,
      reasons: [{ code: 'camera-missing' }],
    });
    expect(readiness({ ...SNAPSHOT, state: 'stopping' }).ok).toBe(false);
  });

  it.each(['night', 'closed', 'paused'])('is one that looks at nothing by intent: %s', state => {
    expect(readiness({ ...SNAPSHOT, state, camera: lost }).ok).toBe(true);
  });
});
