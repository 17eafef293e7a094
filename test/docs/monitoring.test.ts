/** The dashboard and the rules use only metrics that there are. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { createMetrics } from '../../src/host/metrics/metrics.ts';
import { SNAPSHOT } from '../host/metrics/sample.ts';
import { has } from '../messaging/support.ts';

const hasPromtool = has('promtool');

const file = (name: string) => readFileSync(join(PACKAGE_ROOT, 'docs', name), 'utf8');

/** What the import of Grafana needs (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model). */
const dashboardSchema = z.object({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int(),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      type: z.enum(['timeseries', 'state-timeline', 'table']),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string() })).min(1),
    }),
  ),
});
const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

/** Every series that the daemon can have, and the one that Prometheus makes itself. */
async function seriesNames(): Promise<Set<string>> {
  const metrics = createMetrics(() => [SNAPSHOT]);
  metrics.tookMs('north-pier', 'frame', 1);
  const lines = (await metrics.text()).split('\n');
  return new Set(['up', ...lines.flatMap(line => /^([a-z_0-9]+)[{ ]/.exec(line)?.[1] ?? [])]);
}

function namesIn(expression: string): string[] {
  const bare = expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, '');
  return [...bare.matchAll(/\b(?:surfwatch|process|nodejs)_[a-z0-9_]+|\bup\b/g)].map(([name]) => name);
}

test('the dashboard has panels that do not overlap, each with metrics that there are', async () => {
  const { panels } = dashboardSchema.parse(JSON.parse(file('grafana-dashboard.json')));
  const known = await seriesNames();
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  expect(expressions.filter(expr => namesIn(expr).length === 0)).toEqual([]);
  expect(expressions.flatMap(namesIn).filter(name => !known.has(name))).toEqual([]);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

test('the rules look at metrics that there are', async () => {
  const { groups } = rulesSchema.parse(parse(file('prometheus-rules.yaml')));
  const known = await seriesNames();
  const expressions = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  expect(expressions.length).toBeGreaterThan(5);
  expect(expressions.flatMap(namesIn).filter(name => !known.has(name))).toEqual([]);
});

test.skipIf(!hasPromtool)('promtool takes the rules', () => {
  const path = join(PACKAGE_ROOT, 'docs', 'prometheus-rules.yaml');
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
