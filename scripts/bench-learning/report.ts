/** The figures as a section of docs/accuracy.md. */
import { table } from '../../src/learning/report/markdown.ts';
import type { Machine } from '../bench/report.ts';
import type { Curve, Order } from './curve.ts';
import type { Method } from './methods.ts';
import { LABELS, labelsUntil, type SiteWays, sitesWays, type Way, waysOf } from './summary.ts';

export interface SiteSummary {
  readonly name: string;
  readonly pictures: number;
  readonly classes: Readonly<Record<string, number>>;
}

export interface LearningResults {
  readonly machine: Machine;
  readonly backbone: string;
  readonly seeds: readonly number[];
  readonly sites: readonly SiteSummary[];
  readonly curves: readonly Curve[];
}

const NAMES: Readonly<Record<Method, string>> = {
  ours: 'as the board does',
  naive: 'naive fine-tuning',
  neighbours: 'nearest neighbours',
  scratch: 'from scratch',
};

function nameOf({ method, order }: { readonly method: Method; readonly order: Order }): string {
  return order === 'next' ? `${NAMES[method]}, \`--next\`` : NAMES[method];
}

/** Tables alone: what is read between them is written by hand. */
export function tablesOf({ machine, backbone, seeds, curves, sites }: LearningResults): string {
  const ways = waysOf(curves);
  return [
    `\`npm run bench:learning\` on ${machine.date}, backbone \`${backbone}\`, ${sites.length} sites, seeds ${seeds.join(', ')}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}.`,
    '',
    'Error on the held-back pictures of the site, in percent, after so many labels; mean over sites.',
    '',
    table(
      ['', ...LABELS.map(String)],
      ways.map(way => [nameOf(way), ...way.points.map(({ site }) => percent(site))]),
    ),
    '',
    'The same with every class of a site weighing the same.',
    '',
    table(
      ['', ...LABELS.map(String)],
      ways.map(way => [nameOf(way), ...way.points.map(({ siteBalanced }) => percent(siteBalanced))]),
    ),
    '',
    'Error on the held groups of the other sources, in percent; each source weighs the same. Largest loss: in points, of any retraining of any site and split.',
    '',
    table(
      ['', ...LABELS.map(String), 'largest loss', 'seconds', 'let pass'],
      ways.map(way => [
        nameOf(way),
        ...way.points.map(({ base }) => percent(base)),
        percent(way.worstBaseLoss),
        (
          way.points.slice(1).reduce((sum, { seconds }) => sum + seconds, 0) /
          (way.points.length - 1)
        ).toFixed(1),
        way.promoted === null ? '–' : `${Math.round(100 * way.promoted)} %`,
      ]),
    ),
    '',
    'By site: error in percent without labels, and after 30.',
    '',
    siteTable(sites, sitesWays(curves)),
    '',
    'Labels until the mean error is down to a share of what it was without any.',
    '',
    untilTable(ways),
    '',
  ].join('\n');
}

function siteTable(sites: readonly SiteSummary[], measured: readonly SiteWays[]): string {
  const first = measured[0]?.ways ?? [];
  return table(
    ['site', 'pictures', 'without', ...first.map(nameOf)],
    sites.map(({ name, pictures, classes }) => {
      const ways = measured.find(({ site }) => site === name)?.ways ?? [];
      const told = Object.entries(classes).map(([label, count]) => `${count} ${label}`);
      return [
        name,
        `${pictures}: ${told.join(', ')}`,
        percent(ways[0]?.points[0]?.site ?? Number.NaN),
        ...ways.map(way => percent(at(way, 30))),
      ];
    }),
  );
}

function untilTable(ways: readonly Way[]): string {
  const ours = ways.filter(({ method }) => method === 'ours');
  const shares = [0.75, 0.5, 0.4, 0.3];
  return table(
    ['', ...shares.map(share => `${share * 100} %`)],
    ours.map(way => [
      way.order,
      ...shares.map(share => labelsUntil(way.points, share * (way.points[0]?.site ?? 0))?.toFixed(0) ?? '–'),
    ]),
  );
}

function at({ points }: Way, labels: number): number {
  return points.find(point => point.labels === labels)?.site ?? Number.NaN;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
