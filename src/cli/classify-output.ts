/** The answers of `surfwatch classify`, for scripts and for people. */
import type { Detection } from '../activity/detections.ts';
import type { Scores } from '../activity/scores.ts';
import type { ErrorCode } from '../errors.ts';
import { bar } from '../history/chart.ts';
import { activityColour, colours as pc } from './colours.ts';
import {
  activityOf,
  type JudgedFrame,
  type JudgedPhoto,
  UNKNOWN,
  type Verdict,
  type ZoneVerdict,
} from './judge.ts';

export interface Answer extends Verdict {
  readonly file: string;
  readonly visibility: JudgedPhoto['visibility'];
}

export interface FrameAnswer extends Answer {
  readonly count: Readonly<Record<string, number>>;
  /** Strongest first. */
  readonly riders: readonly RiderAnswer[];
  readonly detail: { readonly scale: number; readonly smallestPx: number; readonly tookMs: number };
  /** Only where zones are configured. */
  readonly zones?: Readonly<Record<string, ZoneVerdict>>;
}

export interface RiderAnswer {
  readonly activity: string;
  /** Middle, as shares of the frame's width and height. */
  readonly x: number;
  readonly y: number;
  /** Height, as a share of the frame's. */
  readonly size: number;
  /** Probability, 0..1, that a rider is there. */
  readonly score: number;
}

export interface Failure {
  readonly file: string;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export function answerOf(file: string, { visibility, activity, activities, scores }: JudgedPhoto): Answer {
  return { file, activity, activities, scores: roundAll(scores), visibility };
}

export function frameAnswerOf(file: string, judged: JudgedFrame): FrameAnswer {
  const { activity, activities, scores, count, riders, visibility, read, zones } = judged;
  const { decode, embed, score } = read.tookMs;
  return {
    file,
    activity,
    activities,
    scores: roundAll(scores),
    count,
    riders: riders.map(riderAnswer),
    visibility,
    detail: {
      ...roundAll({ scale: read.detail.scale, smallestPx: read.detail.smallestPx }),
      tookMs: Math.round(decode + embed + score),
    },
    ...(Object.keys(zones).length > 0 && { zones }),
  };
}

function riderAnswer(rider: Detection): RiderAnswer {
  const { x, y, size, score } = rider;
  return { activity: activityOf(rider), ...roundAll({ x, y, size, score }) };
}

/** To four decimals: more is noise. */
function roundAll<T extends object>(values: T): T {
  const rounded = Object.entries(values).map(([name, value]) => [name, Math.round(value * 10_000) / 10_000]);
  return Object.fromEntries(rounded);
}

export function printAnswers(answer: Answer | Failure): void {
  console.log(JSON.stringify(answer));
}

const LONGEST_NAME = 48;
const BAR = 6;

/** Prints aligned lines: file, activity, a bar and a number for each score, riders. Errors go to stderr. */
export function textPrinter(files: readonly string[], activities: readonly string[]) {
  const names = files.reduce((longest, file) => Math.max(longest, shortName(file).length), 4);
  const words = Math.max(...[...activities, UNKNOWN, 'activity'].map(word => word.length));
  const columns = activities.map(activity => Math.max(activity.length, BAR + 5));
  const line = (name: string, word: string, scores: Scores, note: string) => {
    const bars = activities.map((activity, index) =>
      scoreBar(scores[activity] ?? 0).padEnd(columns[index] ?? 0),
    );
    const colour = activityColour(word);
    console.log(`${name.padEnd(names)}  ${colour(word.padEnd(words))}  ${bars.join('  ')}${note}`.trimEnd());
  };
  let titled = false;
  return (answer: Answer | FrameAnswer | Failure): void => {
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
    const notes = notesOf(answer);
    line(shortName(answer.file), answer.activity, answer.scores, notes.map(note => `  ${note}`).join(''));
    if (!('riders' in answer)) return;
    for (const [zone, { activity, count }] of Object.entries(answer.zones ?? {})) {
      console.log(`${''.padEnd(names)}  ${zone}: ${[activity, ...countTexts(count)].join(', ')}`);
    }
    for (const rider of answer.riders) console.log(`${''.padEnd(names)}  ${riderText(rider)}`);
  };
}

function notesOf(answer: Answer | FrameAnswer): string[] {
  if (answer.visibility !== 'ok') return [answer.visibility];
  const also = answer.activities.slice(1).map(name => `+ ${name}`);
  return 'count' in answer ? [...also, countTexts(answer.count).join(', ') || 'no riders'] : also;
}

/** `3 × surfing` of each activity that has riders. */
export function countTexts(count: Readonly<Record<string, number>>): string[] {
  return Object.entries(count)
    .filter(([, riders]) => riders > 0)
    .map(([activity, riders]) => `${riders} × ${activity}`);
}

function riderText({ activity, x, y, size, score }: RiderAnswer): string {
  return `${score.toFixed(2)} ${activity} x ${x.toFixed(3)} y ${y.toFixed(3)} size ${size.toFixed(3)}`;
}

function shortName(file: string): string {
  return file.length <= LONGEST_NAME ? file : `…${file.slice(1 - LONGEST_NAME)}`;
}

function scoreBar(score: number): string {
  return `${bar(score, BAR).padEnd(BAR)} ${score.toFixed(2)}`;
}
