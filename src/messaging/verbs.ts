import { z } from 'zod';
import { nearestOf } from '../base/nearest.ts';
import { SurfwatchError } from '../errors.ts';

/** What the daemon can be told to do. */

export interface Verb {
  readonly doc: string;
  /** What arguments there are, for the docs. */
  readonly args: z.ZodType;
  /**
   * Carries the command out.
   *
   * @param args as they came; unknown ones are ignored.
   * @param signal aborts when the time for the answer is over.
   * @returns `data` of the answer.
   * @throws SurfwatchError: its code and message become the answer; `command-invalid` for a wrong argument.
   */
  run(args: unknown, signal: AbortSignal): unknown;
}

export type Verbs = Readonly<Record<string, Verb>>;

/** A verb whose `run` gets its arguments typed by their schema. */
export function defineVerb<A>(verb: {
  readonly doc: string;
  readonly args: z.ZodType<A>;
  readonly run: (args: A, signal: AbortSignal) => unknown;
}): Verb {
  return {
    doc: verb.doc,
    args: verb.args,
    run: (args, signal) => {
      const checked = verb.args.safeParse(args);
      if (!checked.success) throw new SurfwatchError('command-invalid', z.prettifyError(checked.error));
      return verb.run(checked.data, signal);
    },
  };
}

/** `status`: how the daemon is, at once. */
export function statusVerb(snapshot: () => unknown): Verb {
  return defineVerb({
    doc: 'Answers with the present state of the daemon.',
    args: z.object({}),
    run: snapshot,
  });
}

/** The verb of that name. @throws SurfwatchError `command-unknown` naming the nearest. */
export function findVerb(verbs: Verbs, name: string): Verb {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb !== undefined) return verb;
  const names = Object.keys(verbs);
  const nearest = nearestOf(name, names);
  const hint = nearest === undefined ? '' : `, did you mean "${nearest}"?`;
  throw new SurfwatchError('command-unknown', `no command "${name}"${hint} There are: ${names.join(', ')}`);
}
