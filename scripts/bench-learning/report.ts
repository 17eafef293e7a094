/** The figures as a section of docs/accuracy.md. */
import { table } from '../../src/training/report/markdown.ts';
import type { Machine } from '../bench/report.ts';
import { type Curve, ORDERS, type Order, STEPS, WAYS, type Way } from './curve.ts';
import { decisionsOf, type Gain, gainAt, gainsOf, ordersOf, toldAFrame, worstLosses } from './summary.ts';

export interface SiteSummary {
  readonly name: string;
  readonly frames: number;
  readonly withRiders: number;
  readonly riders: number;
  /** Error of riders, 0..1, of a head that is right about each cell. */
  readonly atBest: number;
}

export interface LearningResults {
  readonly machine: Machine;
  readonly seeds: readonly number[];
  readonly sites: readonly SiteSummary[];
  readonly curves: readonly Curve[];
}

const NAMES: Readonly<Record<Way, string>> = { points: 'points', whole: 'whole frames' };

function nameOf(way: Way, order: Order): string {
  return `${NAMES[way]}, ${order === 'next' ? '`--next`' : 'at random'}`;
}

/** Tables alone: what is read between them is written by hand. */
export function tablesOf({ machine, seeds, curves, sites }: LearningResults): string {
  const lost = worstLosses(curves);
  const percentOf = (share: number) => `${percent(Math.max(0, share))} points`;
  return [
    `\`npm run bench:learning\` on ${machine.date}, ${sites.length} cameras, splits ${seeds.join(', ')}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}.`,
    '',
    'Error of riders (1 − F1) on held-out frames of the camera, in percent, before and after so many labels; mean over the cameras that have as many (in brackets: how many), both on the same frames.',
    '',
    gainTable(curves, ({ before, after }) => [before.riders, after.riders]),
    '',
    'The same of the answer of a frame.',
    '',
    gainTable(curves, ({ before, after }) => [before.frames, after.frames]),
    '',
    '`--next` and random order where there was a choice: error of riders, in percent.',
    '',
    table(
      ['', ...STEPS.map(String)],
      WAYS.map(way => [
        NAMES[way],
        ...STEPS.map(labels => {
          const found = ordersOf(curves, way).find(each => each.labels === labels);
          return found === undefined
            ? '–'
            : `${percent(found.next.riders)} / ${percent(found.random.riders)}`;
        }),
      ]),
    ),
    '',
    `Errors of the head in use, riders missed and places mistaken, in each frame that was labelled where there was a choice: ${ORDERS.map(order => `${toldAFrame(curves, order).toFixed(1)} ${order === 'next' ? 'by `--next`' : 'at random'}`).join(', ')}.`,
    '',
    `Most that any retraining lost: ${percentOf(lost.base)} of macro-F1 on the held groups of the base set, ${percentOf(lost.elsewhere)} of F1 of riders on frames of the other cameras, which neither head has learnt from.`,
    '',
    'What the gate decided. A head that it holds for approval or rejects leaves the one before in place, with its error.',
    '',
    table(
      ['', 'promoted', 'held', 'rejected', 'seconds'],
      gainsOf(curves).map(({ way, order }) => {
        const own = curves.filter(each => each.way === way && each.order === order);
        const { promote, hold, reject } = decisionsOf(own);
        const seconds = own.flatMap(({ points }) => points.slice(1).map(point => point.seconds));
        const mean = seconds.reduce((sum, each) => sum + each, 0) / Math.max(1, seconds.length);
        return [nameOf(way, order), ...[promote, hold, reject].map(String), mean.toFixed(1)];
      }),
    ),
    '',
    'By camera, both orders together: error of riders in percent, in brackets that of frames; at best: of a head that is right about each cell, on all frames.',
    '',
    siteTable(sites, curves),
    '',
  ].join('\n');
}

function gainTable(curves: readonly Curve[], shown: (gain: Gain) => readonly [number, number]): string {
  return table(
    ['', ...STEPS.map(String)],
    gainsOf(curves).map(({ way, order, gains }) => [
      nameOf(way, order),
      ...STEPS.map(labels => {
        const gain = gains.find(each => each.labels === labels);
        if (gain === undefined) return '–';
        const [before, after] = shown(gain);
        return `${percent(before)} → ${percent(after)} (${gain.sites.length})`;
      }),
    ]),
  );
}

function siteTable(sites: readonly SiteSummary[], curves: readonly Curve[]): string {
  const columns = WAYS.flatMap(way => [10, 30].map(labels => ({ way, labels })));
  return table(
    [
      '',
      'frames',
      'with riders',
      'before',
      ...columns.map(({ way, labels }) => `${labels} ${NAMES[way]}`),
      'at best',
    ],
    sites.map(({ name, frames, withRiders, riders, atBest }) => {
      const own = curves.filter(({ site }) => site === name);
      const errors = (gain: Gain | null, at: 'before' | 'after') =>
        gain === null ? '–' : `${percent(gain[at].riders)} (${percent(gain[at].frames)})`;
      return [
        name,
        String(frames),
        `${withRiders} (${riders} riders)`,
        errors(gainAt(own, 0), 'before'),
        ...columns.map(({ way, labels }) =>
          errors(
            gainAt(
              own.filter(each => each.way === way),
              labels,
            ),
            'after',
          ),
        ),
        percent(atBest),
      ];
    }),
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
