/** What a daemon said of a clip over time, in figures. */

/** One publication of `surf/activity`, as far as it matters here. */
export interface Said {
  /** When it was published: milliseconds since the epoch. */
  readonly atMs: number;
  readonly activity: string;
  readonly visibility: string;
  /** Riders by activity; absent where they were not counted. */
  readonly count?: Readonly<Record<string, number>>;
}

export interface ClipSummary {
  /** Seconds from the start of the daemon to its first judged publication; null where there was none. */
  readonly firstS: number | null;
  /** … and to its first activity other than `none`. */
  readonly firstActivityS: number | null;
  /** Seconds from the first judged publication to the end. */
  readonly watchedS: number;
  /** Share of these in which the activity was the expected one, 0..1; null where none was expected. */
  readonly right: number | null;
  /** Share of these by activity. */
  readonly activities: Readonly<Record<string, number>>;
  /** Riders of all activities together, weighted by the time they stood; null where nobody counted. */
  readonly riders: { readonly min: number; readonly median: number; readonly max: number } | null;
  /** How often the picture could no longer be judged. */
  readonly gatesClosed: number;
  /** Seconds by visibility. */
  readonly visibility: Readonly<Record<string, number>>;
}

/** Whether it was said of a picture. */
export function isJudged({ activity, visibility }: Said): boolean {
  return visibility === 'ok' && activity !== 'unknown';
}

/**
 * What was said holds until something else is.
 *
 * @param said in order
 * @param startMs when the daemon was started, and `endMs` when it was watched no longer
 * @param expected the right activity, or `none`; null where nobody knows
 */
export function summarise(
  said: readonly Said[],
  startMs: number,
  endMs: number,
  expected: string | null,
): ClipSummary {
  const first = said.findIndex(isJudged);
  const judged = first === -1 ? [] : said.slice(first);
  const spans = judged.map((each, index) => ({
    ...each,
    seconds: ((judged[index + 1]?.atMs ?? endMs) - each.atMs) / 1000,
  }));
  const watchedS = spans.reduce((sum, { seconds }) => sum + seconds, 0);
  const after = (atMs: number | undefined) => (atMs === undefined ? null : (atMs - startMs) / 1000);
  const share = (seconds: number) => (watchedS === 0 ? 0 : seconds / watchedS);
  const activities = tally(spans, ({ activity }) => activity);
  return {
    firstS: after(judged[0]?.atMs),
    firstActivityS: after(judged.find(({ activity }) => !['none', 'unknown'].includes(activity))?.atMs),
    watchedS,
    right: expected === null || watchedS === 0 ? null : share(activities[expected] ?? 0),
    activities: Object.fromEntries(Object.entries(activities).map(([name, s]) => [name, share(s)])),
    riders: ridersIn(spans),
    gatesClosed: spans.filter(
      ({ visibility }, index) => visibility !== 'ok' && spans[index - 1]?.visibility === 'ok',
    ).length,
    visibility: tally(spans, ({ visibility }) => visibility),
  };
}

type Span = Said & { readonly seconds: number };

function tally(spans: readonly Span[], nameOf: (span: Span) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const span of spans) sums[nameOf(span)] = (sums[nameOf(span)] ?? 0) + span.seconds;
  return sums;
}

function ridersIn(spans: readonly Span[]): ClipSummary['riders'] {
  const counted = spans.flatMap(({ count, seconds }) =>
    count === undefined ? [] : [{ riders: Object.values(count).reduce((sum, n) => sum + n, 0), seconds }],
  );
  counted.sort((a, b) => a.riders - b.riders);
  const [least, most] = [counted[0], counted.at(-1)];
  if (least === undefined || most === undefined) return null;
  const half = counted.reduce((sum, { seconds }) => sum + seconds, 0) / 2;
  let before = 0;
  const middle = counted.find(({ seconds }) => {
    before += seconds;
    return before >= half;
  });
  return { min: least.riders, median: (middle ?? most).riders, max: most.riders };
}
