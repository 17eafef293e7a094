/** A fleet as a table: a line a board, and beneath it what is not well. */
import { counted } from '../base/words.ts';
import type { BoardReport } from '../messaging/fleet-report.ts';
import { colours as pc } from './colours.ts';
import { activityInWords, decimals, localTime } from './daemon/words.ts';
import { printTable } from './table.ts';

const HEAD = ['site', 'online', 'state', 'activity', 'since', 'camera', 'fps', 'heard', 'version', 'model'];

export function printFleet(boards: readonly BoardReport[]): void {
  printTable(HEAD, boards.map(row));
  const unwell = boards.filter(({ problems }) => problems.length > 0);
  console.log('');
  for (const { base, site, problems } of unwell) {
    const name = base === 'surf' ? site : base.slice('surf/'.length);
    for (const problem of problems) console.log(`${pc.red(name)}  ${problem}`);
  }
  const count = counted(boards.length, 'board');
  console.log(unwell.length === 0 ? pc.green(`${count}, all well`) : `${count}, ${unwell.length} not well`);
}

function row(board: BoardReport): string[] {
  const { site, online, state, activity, activities, visibility, since, camera } = board;
  return [
    site,
    online === null ? '–' : online ? 'yes' : 'no',
    state ?? '–',
    activity === null ? '–' : activityInWords({ activity, activities, visibility }),
    since === null ? '–' : localTime(new Date(since)),
    camera ?? '–',
    decimals(board.rateHz, 1),
    board.ageS === null ? '–' : ago(board.ageS),
    board.version ?? '–',
    board.model ?? '–',
  ];
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `3 min ago`, in the largest unit of which there are two at least. */
function ago(seconds: number): string {
  const [size, unit] = UNITS.find(([length]) => seconds >= 2 * length) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}
