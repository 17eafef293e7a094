/** The commands of the daemon: what each is told by its arguments, and which of them can be carried out now. */
import * as z from 'zod';
import { nearestOf } from '../base/nearest.ts';
import { SurfwatchError } from '../errors.ts';

/** A command that the daemon carries out. */
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
    doc: 'Answers with the current state of the daemon.',
    args: z.object({}),
    run: snapshot,
  });
}

/** What is done with a picture that was sent to be labelled; the answer is what it resolves with. */
export interface PictureLabeller {
  labelImage(bytes: Buffer, names: readonly string[], author: { readonly way: 'image' }): Promise<unknown>;
}

/** The commands that are answered: each part adds its own when it is there to carry them out. */
export class CommandRegistry {
  readonly #verbs = new Map<string, Verb>();
  #pictures: PictureLabeller | undefined;
  #isComplete = false;

  add(verbs: Verbs): void {
    for (const [name, verb] of Object.entries(verbs)) this.#verbs.set(name, verb);
  }

  /** Who takes the pictures on `label/image/<labels>`. */
  addPictures(pictures: PictureLabeller): void {
    this.#pictures = pictures;
  }

  /** All parts are there: what was not added does not exist. */
  complete(): void {
    this.#isComplete = true;
  }

  get names(): readonly string[] {
    return [...this.#verbs.keys()];
  }

  /** @throws SurfwatchError `command-starting`; `command-unknown` naming the nearest */
  verb(name: string): Verb {
    const verb = this.#verbs.get(name);
    if (verb !== undefined) return verb;
    if (!this.#isComplete) throw starting();
    const { names } = this;
    const nearest = nearestOf(name, names);
    const hint = nearest === undefined ? '' : `, did you mean "${nearest}"?`;
    throw new SurfwatchError('command-unknown', `no command "${name}"${hint} There are: ${names.join(', ')}`);
  }

  /** @throws SurfwatchError `command-starting` */
  get pictures(): PictureLabeller {
    if (this.#pictures === undefined) throw starting();
    return this.#pictures;
  }
}

function starting(): SurfwatchError {
  return new SurfwatchError('command-starting', 'the daemon is still starting');
}
