/** The history as CSV, for programs and spreadsheets. */
import type { SessionRow } from './read.ts';
import { type Bucket, ridersOf } from './totals.ts';

/** Minutes with one decimal. */
export function inMinutes(ms: number): string {
  return (Math.round(ms / 6_000) / 10).toString();
}

/** The first line: `by` names what each bucket is of. */
export function csvHead(by: string): string {
  return [by, 'scope', 'kind', 'name', 'minutes', 'riders', 'most'].join(',');
}

/** A line a bucket and activity or reason: a form that needs no columns of its own for new activities. */
export function csvLines(scope: string, buckets: readonly Bucket[]): string[] {
  const lines = buckets.flatMap(bucket => {
    const { key, watchedMs, presentMs, unknownMs } = bucket;
    const riders = ridersOf(bucket) ?? {};
    return [
      [key, scope, 'watched', '', inMinutes(watchedMs), '', ''],
      ...Object.entries(presentMs).map(([name, ms]) => {
        const { mean = '', peak = '' } = riders[name] ?? {};
        return [key, scope, 'present', name, inMinutes(ms), mean, peak];
      }),
      ...Object.entries(unknownMs).map(([name, ms]) => [key, scope, 'unknown', name, inMinutes(ms), '', '']),
    ];
  });
  return lines.map(line => line.join(','));
}

export function sessionsCsv(sessions: readonly SessionRow[]): string {
  const lines = sessions.map(({ startMs, durationMs, zone, activity, peak, peakCount }) =>
    [new Date(startMs).toISOString(), durationMs / 1000, zone, activity, peak, peakCount ?? ''].join(','),
  );
  return ['start,seconds,zone,activity,peak,peakCount', ...lines].join('\n');
}
