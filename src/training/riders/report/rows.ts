/** Figures as cells of a table, for card and report alike. */
import { count, percent } from '../../../base/words.ts';
import type { RiderFigures } from '../judge/figures.ts';
import type { GroundFigures } from '../judge/ground.ts';
import type { JudgedRecord } from '../record.ts';

export const FIGURE_COLUMNS = [
  'Frames',
  'Found',
  'Left alone',
  'Riders',
  'Recall',
  'Precision',
  'Activity right',
  'Count off by',
  'In crowds',
] as const;

/** How heads were kept from what judges, to be put after "judged". */
export function howJudged({ by, folds, backbone }: JudgedRecord): string {
  return by === 'folds'
    ? `by ${folds} folds of whole cameras, each read by a head that was fitted to the others`
    : `on a second backbone, ${backbone?.id}, by a head that was fitted without them`;
}

/** What the columns mean. */
export const FIGURE_MEANINGS =
  'Found: frames with riders that were reported, with an activity that is there. Left alone: frames without, of which nothing was reported. Recall: riders counted. Precision: of those counted, how many are riders. A place counts for a rider within the rider’s box widened by half its size on each side; a second one at the same rider is a false alarm. In crowds: how far counts are off, of all riders, in frames with three or more.';

export function figureCells(figures: RiderFigures): string[] {
  const { frames, found, withRiders, leftAlone, empty, riders, hit, counted, named, countError, crowdError } =
    figures;
  return [
    count(frames),
    ratio(found, withRiders),
    ratio(leftAlone, empty),
    count(riders),
    share(hit, riders),
    share(hit, counted),
    share(named, hit),
    countError === null ? '–' : countError.toFixed(1),
    crowdError === null ? '–' : percent(crowdError),
  ];
}

function ratio(part: number, all: number): string {
  return all === 0 ? '–' : `${count(part)}/${count(all)}`;
}

export function share(part: number, all: number): string {
  return all === 0 ? '–' : percent(part / all, all);
}

/** Kind of place, number of places, share taken for land or sky; empty where nothing is known of that. */
export function groundRows(ground: GroundFigures | null): string[][] {
  if (ground === null) return [];
  return Object.entries(ground.places).flatMap(([kind, { all, ashore }]) =>
    all === 0 ? [] : [[kind, count(all), share(ashore, all)]],
  );
}

export const GROUND_CAPTION =
  'Places taken for land or sky by one frame: riders found there are left out by the daemon';
