/** What a soak says: a line an hour, and at the end what grew. */
import { FIGURES, type Figure, growth, type Sample } from './sample.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What is kept for a while fills up meanwhile: the 256 newest answers to commands take two days at the pace of the guests,
 * the newest frames some hours; and a retraining is among these hours, so that all code has run.
 */
const WARM_UP_MS = 2 * DAY_MS;

/** Growth a simulated day that is noise, and no more; the other figures are shown to tell where growth comes from. */
const LIMITS: Partial<Record<Figure, number>> = {
  'RSS, MB': 1,
  'heap, MB': 0.5,
  'external, MB': 0.5,
  'open files': 0.2,
  handles: 0.2,
  threads: 0.2,
};
/** Limit of the latency as a share of its median, since machines differ. */
const LATENCY_LIMIT = 0.03;

export interface Judged {
  readonly figure: Figure;
  /** Median of all samples after the warm-up; null without any. */
  readonly median: number | null;
  /** A simulated day. */
  readonly growth: number | null;
  readonly limit: number | null;
  readonly isKept: boolean;
}

/** Over the samples after the warm-up. */
export function verdict(samples: readonly Sample[]): Judged[] {
  const grown = growth(samples, WARM_UP_MS);
  const counted = samples.filter(({ simulatedMs }) => simulatedMs >= WARM_UP_MS);
  return (Object.keys(FIGURES) as Figure[]).map(figure => {
    const slope = grown[figure];
    const values = counted.map(FIGURES[figure]).filter(value => value !== null);
    const median = values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
    const limit = figure === 'latency, ms' ? LATENCY_LIMIT * (median ?? 0) : (LIMITS[figure] ?? null);
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
    const cells = [
      figure,
      number(median),
      number(growth),
      number(limit),
      limit === null ? '' : isKept ? 'yes' : 'NO',
    ];
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
