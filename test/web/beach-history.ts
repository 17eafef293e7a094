/** A season of hours and sessions, the same each time: surfers in the mornings, wind in the afternoons, more at weekends. */
import { createRandom } from '../../src/base/random.ts';

const HOUR_MS = 3_600_000;

export interface HistoryAnswer {
  readonly hours: readonly {
    readonly hour: string;
    readonly scope: string;
    readonly activity: string;
    readonly minutes: number;
    readonly peak: number | null;
    readonly frame: string | null;
  }[];
  readonly sessions: readonly {
    readonly id: string;
    readonly zone: string;
    readonly activity: string;
    readonly start: string;
    readonly durationS: number;
    readonly peak: number;
    readonly peakCount: number | null;
    readonly open: boolean;
    readonly frame: string | null;
  }[];
}

/** @param frames ids of frames whose pictures there are */
export function historyOf(
  fromMs: number,
  toMs: number,
  zones: readonly string[],
  frames: readonly string[],
): HistoryAnswer {
  const hours: HistoryAnswer['hours'][number][] = [];
  const sessions: HistoryAnswer['sessions'][number][] = [];
  for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
    const random = createRandom(hour);
    const date = new Date(hour * HOUR_MS);
    const [clock, day] = [date.getUTCHours(), date.getUTCDay()];
    if (clock < 6 || clock > 20) continue;
    const weekend = day === 0 || day === 6 ? 1.6 : 1;
    const likely = {
      surfing: weekend * Math.exp(-(((clock - 9) / 3) ** 2)),
      windsurfing: 0.7 * weekend * Math.exp(-(((clock - 15) / 2.5) ** 2)),
      kitesurfing: 0.5 * weekend * Math.exp(-(((clock - 16) / 2) ** 2)),
    };
    const at = { hour: date.toISOString(), frame: null };
    for (const scope of ['', ...zones]) {
      const share = scope === '' || scope === zones[0] ? 1 : 0.4;
      let busy = 0;
      for (const [activity, chance] of Object.entries(likely)) {
        const minutes = Math.round(Math.min(60, 60 * share * chance * random.next() * 1.3));
        if (minutes < 4) continue;
        busy = Math.max(busy, minutes);
        const peak = Math.max(1, Math.round(12 * share * chance * random.next()));
        hours.push({ ...at, scope, activity, minutes, peak });
        if (scope === '' || minutes < 30 || random.next() > 0.4) continue;
        sessions.push({
          id: `${hour}-${scope}-${activity}`,
          zone: scope,
          activity,
          start: new Date(hour * HOUR_MS + 60_000 * random.below(30)).toISOString(),
          durationS: 60 * minutes,
          peak: 0.97,
          peakCount: peak,
          open: false,
          frame: random.next() < 0.8 ? (frames[random.below(frames.length)] ?? null) : null,
        });
      }
      hours.push({ ...at, scope, activity: 'none', minutes: 60 - busy, peak: null });
    }
  }
  return { hours, sessions };
}
