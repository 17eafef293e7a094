/** Stretches of time and what can be done with them. */

/** From `fromMs` up to, not including, `toMs`: milliseconds since the epoch (UTC). */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** In order, without overlaps and empty ones; those that touch are one. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (span.toMs <= span.fromMs) continue;
    const last = result.at(-1);
    if (last === undefined || span.fromMs > last.toMs) result.push(span);
    else result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
  }
  return result;
}

/** What is in both, each {@link merged}. */
export function intersection(some: readonly Span[], others: readonly Span[]): Span[] {
  const shared = some.flatMap(one =>
    others.map(other => ({
      fromMs: Math.max(one.fromMs, other.fromMs),
      toMs: Math.min(one.toMs, other.toMs),
    })),
  );
  return merged(shared);
}

export function contains({ fromMs, toMs }: Span, atMs: number): boolean {
  return fromMs <= atMs && atMs < toMs;
}

/** Milliseconds in all of them. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
