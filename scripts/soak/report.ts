/** What a soak says: a line an hour, and at the end what grew. */
import { FIGURES, type Figure, growth, type Sample } from './sample.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Growth a simulated day that is taken for noise, and no more; the others are shown to tell where growth comes from. */
const LIMITS: Partial<Record<Figure, number>> = {
  'RSS, MB': 1,
  'heap, MB': 0.25,
  'external, MB': 0.25,
  'open files': 0.2,
  handles: 0.2,
  threads: 0.2,
  'latency p50, ms': 0.5,
};

export interface Judged {
  readonly figure: Figure;
  /** Of all samples after the warm-up; null without any. */
  readonly median: number | null;
  /** A simulated day. */
  readonly growth: number | null;
  readonly limit: number | null;
  readonly isKept: boolean;
}

/** The first day is the warm-up: a retraining is among its hours, so that all code has run once. */
export function verdict(samples: readonly Sample[]): Judged[] {
  const grown = growth(samples, DAY_MS);
  const counted = samples.filter(({ simulatedMs }) => simulatedMs >= DAY_MS);
  return (Object.keys(FIGURES) as Figure[]).map(figure => {
    const limit = LIMITS[figure] ?? null;
    const slope = grown[figure];
    const values = counted.map(FIGURES[figure]).filter(value => value !== null);
    const median = values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
    return {
      figure,
      median,
      growth: slope,
      limit,
      isKept: limit === null || (slope !== null && slope <= limit),
    };
  });
}

export function verdictTable(judged: readonly Judged[]): string {
  const number = (value: number | null) => (value === null ? '' : value.toFixed(2));
  const rows = judged.map(({ figure, median, growth, limit, isKept }) => {
    const cells = [figure, number(median), number(growth), number(limit), isKept ? 'yes' : 'NO'];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| | median | growth a day | at most | kept |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

export function hourLine(sample: Sample): string {
  const hours = Math.round(sample.simulatedMs / HOUR_MS);
  const when = `day ${Math.ceil(hours / 24)} ${String(((hours - 1) % 24) + 1).padStart(2)} h`;
  const figures = Object.entries(FIGURES).map(([name, figure]) => {
    const value = figure(sample);
    return `${name} ${value === null ? '-' : value.toFixed(1)}`;
  });
  return [when, `frames ${sample.classified}`, `retrainings ${sample.retrained}`, ...figures].join('  ');
}
