import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/history/read.ts';
import { HISTORY_FILE } from '../../src/history/schema.ts';
import { openHistory } from '../../src/history/store.ts';
import type { PictureOf } from '../../src/learning/archive/pictures.ts';
import { historyRoutes } from '../../src/web/routes/history.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ask, send, serveApp } from './support.ts';

const HOUR = 3_600_000;
const PERIOD = 'from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00%2B02:00';
const [BEFORE, FIRST, MIDDLE, AFTER] = ['0', '1', '2', '3'].map(
  last => `01ARZ3NDEKTSV4RRFFQ69G5FA${last}`,
) as [string, string, string, string];
const START = Date.parse('2026-06-01T09:50:00Z');

/** The history of a session from 9:50 to 10:10, read as the daemon's page reads it. */
async function served(pictures: readonly PictureOf[] = []): Promise<string> {
  const path = join(await temporaryFolder(), HISTORY_FILE);
  const { store } = openHistory(path, START);
  const nine = { hour: Math.floor(START / HOUR), scope: '' };
  store.write(
    [
      { ...nine, kind: 'watched', name: '', ms: 50 * 60_000 },
      { ...nine, kind: 'present', name: 'surfing', ms: 10 * 60_000 },
      { ...nine, kind: 'present', name: 'none', ms: 40 * 60_000 },
      { ...nine, kind: 'counted', name: '', ms: 50 * 60_000 },
      { ...nine, kind: 'riders', name: 'surfing', ms: 60 * 60_000, peak: 3 },
      { ...nine, kind: 'unknown', name: 'fogged', ms: 4 * 60_000 },
      { ...nine, kind: 'unknown', name: 'obscured', ms: 6 * 60_000 },
      { ...nine, scope: 'north', kind: 'present', name: 'surfing', ms: 10 * 60_000 },
      { ...nine, hour: nine.hour + 1, kind: 'present', name: 'surfing', ms: 10 * 60_000 },
    ],
    [
      {
        type: 'session_ended',
        zone: 'south',
        frame: null,
        session: {
          id: 'one',
          activity: 'surfing',
          start: START,
          end: START + 1_200_000,
          peak: 0.9,
          peakCount: 3,
          durationMs: 1_200_000,
        },
      },
    ],
    { nowMs: START, keepMs: 10 * 365 * 24 * HOUR },
  );
  store.close();
  const kept = async (fromMs: number, toMs: number) =>
    pictures.filter(({ takenAt }) => takenAt >= fromMs && takenAt < toMs);
  return serveApp(historyRoutes({ open: () => readHistory(path), pictures: kept, timeZone: 'UTC' }));
}

describe('the history on the page', () => {
  it('has hours and sessions, each with a picture that is kept of it', async () => {
    const url = await served([
      { id: BEFORE, takenAt: START - 60_000 },
      { id: FIRST, takenAt: START + 60_000 },
      { id: MIDDLE, takenAt: START + 660_000 },
      { id: AFTER, takenAt: START + 1_260_000 },
    ]);
    const { json } = await ask(url, 'GET', `/history?${PERIOD}`);
    const nine = { hour: '2026-06-01T09:00:00.000Z', scope: '', frame: null };
    expect(json.hours).toEqual([
      { ...nine, activity: 'surfing', minutes: 10, peak: 3, frame: FIRST },
      { ...nine, activity: 'none', minutes: 40, peak: null },
      { ...nine, activity: 'unknown', minutes: 10, peak: null },
      // The session was in another zone.
      { ...nine, scope: 'north', activity: 'surfing', minutes: 10, peak: null },
      {
        ...nine,
        hour: '2026-06-01T10:00:00.000Z',
        activity: 'surfing',
        minutes: 10,
        peak: null,
        frame: MIDDLE,
      },
    ]);
    expect(json.sessions).toEqual([
      {
        id: 'one',
        zone: 'south',
        activity: 'surfing',
        start: '2026-06-01T09:50:00.000Z',
        durationS: 1200,
        peak: 0.9,
        peakCount: 3,
        open: false,
        frame: MIDDLE,
      },
    ]);
  });

  it('is CSV too', async () => {
    const { headers, text } = await send(await served(), `/api/history.csv?${PERIOD}`);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(text.split('\n').slice(0, 3)).toEqual([
      'hour,scope,kind,name,minutes,riders,most',
      '2026-06-01 09:00,beach,watched,,50,,',
      '2026-06-01 09:00,beach,present,surfing,10,1.2,3',
    ]);
    expect(text).toContain('\n2026-06-01 09:00,north,present,surfing,10,,\n');
  });

  it.each([
    ['', 'web-invalid'],
    ['from=yesterday&to=today', 'web-invalid'],
    ['from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z', 'history-period'],
    ['from=1970-01-01T00:00:00Z&to=2026-06-01T00:00:00Z', 'history-period'],
  ])('refuses %s', async (query, code) => {
    const url = await served();
    for (const path of ['/history', '/history.csv'])
      expect((await ask(url, 'GET', `${path}?${query}`)).json.code).toBe(code);
  });
});
