import type { SurfEvent } from '../../src/messaging/payloads.ts';

/** An event that can be told by its number, which is its session's duration. */
export function sessionEvent(n: number): SurfEvent {
  const ts = new Date(1_780_000_000_000 + n).toISOString();
  const id = `01JZZZZZZZ${String(n).padStart(16, '0')}`;
  const session = { id, activity: 'surfing', start: ts, end: null, peak: 0.9, durationS: n };
  return { v: 1, id, ts, site: 'pier', type: 'session_started', zone: 'north', session, frame: null };
}
