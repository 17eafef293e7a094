/** How each board of a fleet is, in a form for people and scripts. */
import type { BoardTopics, Fleet } from './fleet.ts';

export interface BoardReport {
  readonly site: string;
  /** What its topics begin with. */
  readonly base: string;
  /** Null where the board never said. */
  readonly online: boolean | null;
  readonly camera: string | null;
  readonly state: string | null;
  readonly reason: string | null;
  readonly activity: string | null;
  readonly activities: readonly string[];
  /** Why `activity` is `unknown`; `ok` where the picture can be judged. */
  readonly visibility: string | null;
  /** ISO 8601: since when `activity` holds. */
  readonly since: string | null;
  /** Id of the head. */
  readonly model: string | null;
  readonly version: string | null;
  /** Id and text. */
  readonly alerts: Readonly<Record<string, string>>;
  /** Frames judged a second. */
  readonly rateHz: number | null;
  /** When it last said something, by its own clock; ISO 8601. */
  readonly heard: string | null;
  /** Seconds since then. */
  readonly ageS: number | null;
  /** What is not well, in words; empty where all is. */
  readonly problems: readonly string[];
}

/** Each board, sorted by its base. @param staleAfterMs a board that has said nothing for longer is not well */
export function fleetReport(fleet: Fleet, nowMs: number, staleAfterMs: number): BoardReport[] {
  const boards = [...fleet.values()].filter(isBoard);
  return boards
    .sort((one, other) => (one.base < other.base ? -1 : 1))
    .map(board => boardReport(board, nowMs, staleAfterMs));
}

/** What was removed leaves nothing but a name. */
function isBoard({ availability = '', activity, state, health, info }: BoardTopics): boolean {
  return availability !== '' || [activity, state, health, info].some(said => said !== undefined);
}

function boardReport(board: BoardTopics, nowMs: number, staleAfterMs: number): BoardReport {
  const { base, availability, camera, activity, state, health, info } = board;
  const heardMs = Math.max(...[activity, state, health, info].map(said => Date.parse(said?.ts ?? '') || 0));
  const ageMs = heardMs === 0 ? null : Math.max(0, nowMs - heardMs);
  const report = {
    site: activity?.site ?? info?.site ?? (base.split('/')[1] || base),
    base,
    online: availability === undefined ? null : availability === 'online',
    camera: camera ?? null,
    state: state?.state ?? null,
    reason: state?.reason ?? null,
    activity: activity?.activity ?? null,
    activities: activity?.activities ?? [],
    visibility: activity?.visibility ?? null,
    since: activity?.since ?? null,
    model: info?.head?.id ?? activity?.model ?? null,
    version: info?.version ?? null,
    alerts: Object.fromEntries([...board.alerts].sort()),
    rateHz: health?.rateHz ?? null,
    heard: heardMs === 0 ? null : new Date(heardMs).toISOString(),
    ageS: ageMs === null ? null : Math.round(ageMs / 1000),
  };
  return { ...report, problems: problemsOf(report, ageMs !== null && ageMs > staleAfterMs) };
}

/** By night, out of hours and in a pause the camera is left alone on purpose. */
const RESTS: readonly (string | null)[] = ['night', 'closed', 'paused'];

function problemsOf(report: Omit<BoardReport, 'problems'>, isStale: boolean): string[] {
  const { online, camera, state, reason, alerts } = report;
  // What else an absent board said is no longer so.
  if (online === false) return ['offline'];
  return [
    ...(online === null ? ['never said whether it is online'] : []),
    ...(isStale ? ['online, but silent'] : []),
    ...(state === 'degraded' ? [`degraded${reason === null ? '' : `: ${reason}`}`] : []),
    ...(camera === 'offline' && !RESTS.includes(state) ? ['camera offline'] : []),
    ...Object.entries(alerts).map(([id, words]) => `${id}: ${words}`),
  ];
}
