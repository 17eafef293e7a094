import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHistory } from '../../src/history/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { ask, SMALL, send, serve, suiteServed } from './support.ts';

const HOUR = 3_600_000;
const PERIOD = 'from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00%2B02:00';

describe('the history on the page', () => {
  it('has hours and sessions, and the same as CSV', async () => {
    const folder = await temporaryFolder();
    const { daemon, url } = await serve(folder, [...SMALL, 'schedule.timeZone=UTC']);
    onTestFinished(() => daemon.stop());
    // Beside the daemon, as a backup that is restored would.
    const { store } = openHistory(join(folder, 'state', 'history.db'), Date.now());
    const startMs = Date.parse('2026-06-01T09:10:00Z');
    const at = { hour: startMs / HOUR - 1 / 6, scope: '' };
    store.write(
      [
        { ...at, kind: 'watched', name: '', ms: 50 * 60_000 },
        { ...at, kind: 'present', name: 'surfing', ms: 20 * 60_000 },
        { ...at, kind: 'present', name: 'none', ms: 30 * 60_000 },
        { ...at, kind: 'counted', name: '', ms: 50 * 60_000 },
        { ...at, kind: 'riders', name: 'surfing', ms: 60 * 60_000, peak: 3 },
        { ...at, kind: 'unknown', name: 'fogged', ms: 4 * 60_000 },
        { ...at, kind: 'unknown', name: 'obscured', ms: 6 * 60_000 },
      ],
      [
        {
          type: 'session_ended',
          zone: 'beach',
          frame: null,
          session: {
            id: 'one',
            activity: 'surfing',
            start: startMs,
            end: startMs + 1_200_000,
            peak: 0.9,
            peakCount: 3,
            durationMs: 1_200_000,
          },
        },
      ],
      { nowMs: Date.parse('2026-06-02T00:00:00Z'), keepMs: 10 * 365 * 24 * HOUR },
    );
    store.close();
    const hour = { hour: '2026-06-01T09:00:00.000Z', scope: '', frame: null };
    expect((await ask(url, 'GET', `/history?${PERIOD}`)).json).toEqual({
      hours: expect.arrayContaining([
        { ...hour, activity: 'surfing', minutes: 20, peak: 3 },
        { ...hour, activity: 'none', minutes: 30, peak: null },
        { ...hour, activity: 'unknown', minutes: 10, peak: null },
      ]),
      sessions: [
        {
          id: 'one',
          zone: 'beach',
          activity: 'surfing',
          start: '2026-06-01T09:10:00.000Z',
          durationS: 1200,
          peak: 0.9,
          peakCount: 3,
          open: false,
          frame: null,
        },
      ],
    });
    const csv = await send(url, `/api/history.csv?${PERIOD}`);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.text.split('\n').slice(0, 3)).toEqual([
      'hour,scope,kind,name,minutes,riders,most',
      '2026-06-01 09:00,beach,watched,,50,,',
      '2026-06-01 09:00,beach,present,surfing,20,1.2,3',
    ]);
  });

  describe('of now', () => {
    const served = suiteServed(SMALL);

    it('names a picture of a session where one is kept', async () => {
      const { url } = served();
      const now = Date.now();
      const period = `from=${new Date(now - HOUR).toISOString()}&to=${new Date(now + HOUR).toISOString()}`;
      const history = async () => (await ask(url, 'GET', `/history?${period}`)).json;
      const { json: kept } = await ask(url, 'POST', '/commands/capture', { keep: true });
      expect(kept.keep).toBe('kept');
      // What is newer than a minute is written when the daemon stops, or the minute is over.
      const { hours } = await until(async () => {
        const found = await history();
        return found.hours !== undefined && found;
      }, 'the history');
      expect(hours).toEqual(expect.any(Array));
    });

    it.each([
      ['', 'web-invalid'],
      ['from=yesterday&to=today', 'web-invalid'],
      ['from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z', 'history-period'],
      ['from=1970-01-01T00:00:00Z&to=2026-06-01T00:00:00Z', 'history-period'],
    ])('refuses %s', async (query, code) => {
      for (const path of ['/history', '/history.csv'])
        expect((await ask(served().url, 'GET', `${path}?${query}`)).json.code).toBe(code);
    });
  });
});
