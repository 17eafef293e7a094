/** The table of metrics in `docs/monitoring.md`, between its marks. */
import { METRICS } from '../../src/host/metrics/catalogue.ts';
import { labelsOf } from '../../src/host/metrics/metrics.ts';

const BEGIN = '<!-- Made from src/host/metrics/catalogue.ts by `npm run docs`: begin -->';
const END = '<!-- end -->';

/** The page with the table as the source has it. @throws Error where the page has no marks */
export function withMetricsTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin === -1 || end === -1) throw new Error('docs/monitoring.md has no place for the table of metrics');
  const rows = METRICS.map(
    metric =>
      `| \`${metric.name}\` | ${metric.type} | ${labelsOf(metric)
        .map(label => `\`${label}\``)
        .join(', ')} | ${metric.help} |`,
  );
  const table = ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return `${page.slice(0, begin)}${BEGIN}\n${table}\n${page.slice(end)}`;
}
