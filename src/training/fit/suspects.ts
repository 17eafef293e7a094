/** Finds pictures whose label is perhaps wrong. */
import { NONE } from '../../base/activities.ts';
import type { JudgedSample } from '../../learning/fit/judge-set.ts';

/**
 * Confident learning (Northcutt, Jiang and Chuang 2021): a picture is suspect where a head that was not fitted to it
 * gives another class at least the mean probability that this class has on its own pictures, and its own class less.
 *
 * @param judged out-of-sample judgements of photos
 * @returns most surely wrong first
 */
export function findSuspects(judged: readonly JudgedSample[], activities: readonly string[]): JudgedSample[] {
  const classes = [...activities, NONE];
  const usual = new Map(
    classes.map(name => {
      const own = judged.filter(({ truth }) => shows(truth, name));
      return [name, own.reduce((sum, each) => sum + likelihood(each, name), 0) / Math.max(1, own.length)];
    }),
  );
  return judged
    .flatMap(each => {
      const rivals = classes.filter(
        name =>
          !shows(each.truth, name) &&
          usualOf(usual, name) > 0 &&
          likelihood(each, name) >= usualOf(usual, name),
      );
      const own = Math.max(
        ...classes.filter(name => shows(each.truth, name)).map(name => likelihood(each, name)),
      );
      const rival = Math.max(-1, ...rivals.map(name => likelihood(each, name)));
      const doubtful = rival > own && own < 0.5;
      return doubtful ? [{ each, margin: rival - own }] : [];
    })
    .sort((a, b) => b.margin - a.margin)
    .map(({ each }) => each);
}

function usualOf(usual: ReadonlyMap<string, number>, name: string): number {
  return usual.get(name) ?? 0;
}

function shows(truth: readonly string[], name: string): boolean {
  return name === NONE ? truth.length === 0 : truth.includes(name);
}

/** The probability of none: that no activity is there, each taken by itself. */
function likelihood({ scores }: JudgedSample, name: string): number {
  if (name !== NONE) return scores[name] ?? 0;
  return Object.values(scores).reduce((product, score) => product * (1 - score), 1);
}
