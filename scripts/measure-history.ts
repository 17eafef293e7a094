/** How large the history of years becomes. `npx tsx scripts/measure-history.ts [years]` */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, type Row } from '../src/history/accumulate.ts';
import { readHistory } from '../src/history/read.ts';
import { openHistory } from '../src/history/store.ts';

const years = Number(process.argv[2] ?? 10);
const scopes = ['', 'north', 'middle', 'south'];
const activities = ['surfing', 'windsurfing', 'kitesurfing'];
/** Sessions of each zone on each day. */
const SESSIONS = 20;
const START = Date.UTC(2026, 0, 1);
const folder = mkdtempSync(join(tmpdir(), 'surfwatch-history-'));
const path = join(folder, 'history.db');
const { store } = openHistory(path, START);

/** A busy season without end: by day all activities and some bad pictures, by night nothing but the night. */
function rowsOf(hour: number): Row[] {
  const night = hour % 24 < 10;
  return scopes.flatMap((scope): Row[] =>
    night
      ? [{ hour, scope, kind: 'unknown', name: 'night', ms: HOUR_MS }]
      : [
          { hour, scope, kind: 'watched', name: '', ms: HOUR_MS - 90_000 },
          { hour, scope, kind: 'unknown', name: 'obscured', ms: 90_000 },
          { hour, scope, kind: 'present', name: 'none', ms: HOUR_MS / 4 },
          ...activities.map((name): Row => ({ hour, scope, kind: 'present', name, ms: 1_234_567 })),
          { hour, scope, kind: 'counted', name: '', ms: HOUR_MS - 90_000 },
          ...activities.map((name): Row => ({ hour, scope, kind: 'riders', name, ms: 4_321_000, peak: 7 })),
        ],
  );
}

for (let day = 0; day < years * 365; day++) {
  const dayMs = START + day * 24 * HOUR_MS;
  const rows = Array.from({ length: 24 }, (_, hour) => rowsOf(dayMs / HOUR_MS + hour)).flat();
  const sessions = scopes.slice(1).flatMap((zone, at) =>
    Array.from({ length: SESSIONS }, (_, index) => ({
      type: 'session_ended' as const,
      zone,
      frame: null,
      session: {
        id: `01J${String(day).padStart(8, '0')}${String(at * SESSIONS + index).padStart(15, '0')}`,
        activity: activities[index % 3] ?? '',
        start: dayMs + index * 1_800_000,
        end: null,
        peak: 0.9,
        peakCount: 5,
        durationMs: 1_200_000,
      },
    })),
  );
  store.write(rows, sessions, { nowMs: dayMs, keepMs: 100 * 365 * 24 * HOUR_MS });
}
store.close();
const size = statSync(path).size;

const startedMs = performance.now();
const file = readHistory(path);
const rows = file.hours(0, 1e9).length;
file.close();
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
console.log(
  `${years} years, 3 zones and the beach, ${SESSIONS} sessions a day in each zone: ${megabytes(size)}`,
);
console.log(`${rows} rows, all read in ${Math.round(performance.now() - startedMs)} ms`);
rmSync(folder, { recursive: true });
