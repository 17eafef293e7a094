/** The answers of `surfwatch classify`, for scripts and for people. */

import type { Scores } from '../activity/classifier.ts';
import type { ErrorCode } from '../errors.ts';
import type { Rectangle } from '../vision/zone.ts';
import { colours as pc } from './colours.ts';
import { type JudgedPicture, UNKNOWN, type Verdict, verdictOf } from './judge.ts';

export interface Answer extends Verdict {
  readonly file: string;
  readonly visibility: JudgedPicture['visibility'];
  readonly zones?: readonly (Verdict & { readonly zone: string; readonly tile: Rectangle })[];
  readonly tiles?: readonly (Verdict & { readonly zone: string; readonly rectangle: Rectangle })[];
}

export interface Failure {
  readonly file: string;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export function answerOf(
  file: string,
  { scored, visibility, activity, activities, scores }: JudgedPicture,
  thresholds: Readonly<Record<string, number>>,
  withTiles: boolean,
): Answer {
  const answer = { file, activity, activities, scores: roundAll(scores), visibility };
  if (!withTiles) return answer;
  const verdict = (of: Scores): Verdict => ({
    ...verdictOf(of, thresholds, visibility === 'ok'),
    scores: roundAll(of),
  });
  return {
    ...answer,
    zones: Object.entries(scored.zones).map(([zone, { scores: of, tile }]) => ({
      zone,
      ...verdict(of),
      tile: roundAll(tile),
    })),
    tiles: scored.tiles.map(({ zone, rectangle, scores: of }) => ({
      zone,
      rectangle: roundAll(rectangle),
      ...verdict(of),
    })),
  };
}

/** To four decimals: more is noise. */
function roundAll<T extends object>(values: T): T {
  const rounded = Object.entries(values).map(([name, value]) => [name, Math.round(value * 10_000) / 10_000]);
  return Object.fromEntries(rounded);
}

export function printAnswers(answer: Answer | Failure): void {
  console.log(JSON.stringify(answer));
}

const COLOURS: Readonly<Record<string, (text: string) => string>> = {
  surfing: pc.cyan,
  windsurfing: pc.green,
  kitesurfing: pc.magenta,
  none: pc.dim,
  [UNKNOWN]: pc.yellow,
};

const LONGEST_NAME = 48;
const BAR = 6;

/** Prints aligned lines: file, activity, a bar and a number for each score. Errors go to stderr. */
export function textPrinter(files: readonly string[], activities: readonly string[]) {
  const names = files.reduce((longest, file) => Math.max(longest, shortName(file).length), 4);
  const words = Math.max(...[...activities, UNKNOWN, 'activity'].map(word => word.length));
  const columns = activities.map(activity => Math.max(activity.length, BAR + 5));
  const line = (name: string, word: string, scores: Scores, note: string) => {
    const bars = activities.map((activity, index) =>
      scoreBar(scores[activity] ?? 0).padEnd(columns[index] ?? 0),
    );
    const colour = COLOURS[word] ?? pc.blue;
    console.log(`${name.padEnd(names)}  ${colour(word.padEnd(words))}  ${bars.join('  ')}${note}`.trimEnd());
  };
  let titled = false;
  return (answer: Answer | Failure): void => {
    if ('error' in answer) {
      console.error(`${shortName(answer.file)}: ${pc.red(answer.error.code)}: ${answer.error.message}`);
      return;
    }
    if (!titled) {
      const titles = activities.map((activity, index) => activity.padEnd(columns[index] ?? 0));
      console.log(
        pc.bold(`${'file'.padEnd(names)}  ${'activity'.padEnd(words)}  ${titles.join('  ')}`.trimEnd()),
      );
      titled = true;
    }
    const also = answer.activities.slice(1).map(name => `+ ${name}`);
    const notes = answer.visibility === 'ok' ? also : [answer.visibility];
    line(shortName(answer.file), answer.activity, answer.scores, notes.map(note => `  ${note}`).join(''));
    for (const tile of answer.tiles ?? [])
      line('', tile.activity, tile.scores, `  ${place(tile.zone, tile.rectangle)}`);
  };
}

function place(zone: string, { x, y, w, h }: Rectangle): string {
  return `${zone} x ${x.toFixed(3)} y ${y.toFixed(3)} w ${w.toFixed(3)} h ${h.toFixed(3)}`;
}

function shortName(file: string): string {
  return file.length <= LONGEST_NAME ? file : `…${file.slice(1 - LONGEST_NAME)}`;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function scoreBar(score: number): string {
  const eighths = Math.round(score * BAR * 8);
  const bar = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return `${bar.padEnd(BAR)} ${score.toFixed(2)}`;
}
