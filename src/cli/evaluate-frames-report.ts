/** The report of `surfwatch evaluate` on frames with boxes, for scripts and for people. */
import { median } from '../base/quantile.ts';
import { colours as pc } from './colours.ts';
import { decimals } from './daemon/words.ts';
import type { EvaluatedFrame } from './evaluate-frames.ts';
import { type LeftOver, printLeftOver, type Subject } from './evaluate-report.ts';
import {
  type FrameFigures,
  type FrameOutcome,
  figuresOf,
  meanOf,
  outcomeOf,
  type PresencePoint,
  presenceCurve,
  type RiderPoint,
  riderCurve,
  type Shares,
} from './frame-metrics.ts';
import { riderThreshold } from './judge.ts';
import { printTable } from './table.ts';

interface Curves {
  readonly riders: readonly RiderPoint[];
  readonly presence: readonly PresencePoint[];
}

export interface FramesReport extends LeftOver {
  readonly directory: string;
  readonly unit: 'frames';
  readonly head: string;
  readonly backbone: string;
  readonly engine: string;
  readonly files: number;
  readonly thresholds: {
    readonly rider: number;
    readonly crowd: number;
    readonly presence: Readonly<Record<string, number>>;
  };
  /** Median time that reading a frame took. */
  readonly tookMs: number | null;
  readonly cameras: readonly (FrameFigures & { readonly camera: string; readonly curves: Curves })[];
  /** All frames together. */
  readonly pooled: FrameFigures & { readonly curves: Curves };
  /** Mean over the cameras. */
  readonly mean: Shares;
  /** Worst first. */
  readonly frames: readonly FrameReport[];
}

export interface FrameReport extends FrameOutcome {
  readonly file: string;
  readonly camera: string;
}

export function reportOnFrames(files: readonly EvaluatedFrame[], subject: Subject): FramesReport {
  const { directory, head, engine } = subject;
  const read = files.flatMap(file => ('example' in file ? [file] : []));
  const examples = read.map(({ example }) => example);
  const frames = read.map(({ file, camera, example }) => ({ file, camera, ...outcomeOf(example, head) }));
  const cameras = [...new Set(read.map(({ camera }) => camera))].sort().map(camera => {
    const own = examples.filter(example => example.camera === camera);
    const figures = figuresOf(frames.filter(frame => frame.camera === camera));
    return {
      camera,
      ...figures,
      curves: { riders: riderCurve(own, head), presence: presenceCurve(own, head) },
    };
  });
  const foreign: Record<string, number> = {};
  for (const name of files.flatMap(file => file.foreign)) foreign[name] = (foreign[name] ?? 0) + 1;
  return {
    directory,
    unit: 'frames',
    head: head.id,
    backbone: head.backbone.id,
    engine,
    files: files.length,
    thresholds: {
      rider: riderThreshold(head),
      crowd: head.cells?.crowd ?? riderThreshold(head),
      presence: head.thresholds,
    },
    tookMs: read.length === 0 ? null : median(read.map(({ tookMs }) => tookMs)),
    cameras,
    pooled: {
      ...figuresOf(frames),
      curves: { riders: riderCurve(examples, head), presence: presenceCurve(examples, head) },
    },
    mean: meanOf(cameras),
    frames: [...frames].sort((a, b) => badness(b) - badness(a)),
    unknown: read.flatMap(({ file, visibility }) => (visibility === 'ok' ? [] : [{ file, visibility }])),
    unreadable: files.flatMap(file => ('error' in file ? [{ file: file.file, error: file.error }] : [])),
    foreign,
  };
}

/** A wrong answer is worse than riders missed or too many. */
function badness({ kind, reported, named, missed, wrong }: FrameOutcome): number {
  const isWrong = kind === 'occupied' ? !named : kind === 'empty' && reported;
  return (isWrong ? 1000 : 0) + missed + wrong;
}

const WORST = 10;
/** How many lines of the curves tell people enough. */
const SHOWN_RIDER = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const SHOWN_PRESENCE = [0.05, 0.2, 0.5, 0.8, 0.95, 0.99];

export function printFramesReport(report: FramesReport): void {
  const { directory, files, head, engine, thresholds, tookMs } = report;
  const time = tookMs === null ? '' : `, ${Math.round(tookMs)} ms a frame`;
  console.log(`${pc.bold(directory)}: ${files} frames; head ${head}, engine ${engine}${time}\n`);
  printCameras(report);
  console.log(
    `\nrider threshold ${thresholds.rider}, in a crowd ${thresholds.crowd}; one for all would give, all frames together:`,
  );
  printTable(
    ['rider', 'hit', 'recall', 'precision', 'count error'],
    report.pooled.curves.riders
      .filter(({ threshold }) => SHOWN_RIDER.includes(threshold))
      .map(point => [
        String(point.threshold),
        ...[point.hit, point.recall, point.precision, point.countError].map(value => decimals(value)),
      ]),
  );
  const shipped = Object.entries(thresholds.presence).map(([name, value]) => `${name} ${round(value)}`);
  console.log(`\npresence thresholds ${shipped.join(', ')}; one for all would give:`);
  printTable(
    ['presence', 'found', 'left alone'],
    report.pooled.curves.presence
      .filter(({ threshold }) => SHOWN_PRESENCE.includes(threshold))
      .map(point => [
        String(point.threshold),
        ...[point.found, point.leftAlone].map(value => decimals(value)),
      ]),
  );
  printWorst(report);
  printLeftOver(report, 'missed', 'frames');
}

function printCameras({ cameras, pooled, mean }: FramesReport): void {
  const shares = (one: Shares) =>
    [
      one.found,
      one.named,
      one.hit,
      one.leftAlone,
      one.recall,
      one.precision,
      one.countError,
      one.activityRight,
    ].map(value => decimals(value));
  const row = (name: string, one: FrameFigures) => [
    name,
    `${one.occupied}+${one.empty}`,
    String(one.riders),
    ...shares(one),
  ];
  const several = cameras.length > 1 ? [['mean', '', '', ...shares(mean)], row('all frames', pooled)] : [];
  printTable(
    [
      'camera',
      'frames',
      'riders',
      'found',
      'named',
      'hit',
      'left alone',
      'recall',
      'precision',
      'count error',
      'activity right',
    ],
    [...cameras.map(one => row(one.camera, one)), ...several],
  );
}

function printWorst({ frames }: FramesReport): void {
  const worst = frames.filter(frame => badness(frame) > 0).slice(0, WORST);
  if (worst.length === 0) return;
  console.log('');
  printTable(
    ['worst frames', 'answer', 'riders', 'missed', 'wrong'],
    worst.map(({ file, activity, riders, missed, wrong }) => [
      file,
      activity,
      String(riders),
      String(missed),
      String(wrong),
    ]),
  );
}

function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
