/** What an installation consists of: steps that can be shown, done and undone. */
import { chown, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../../errors.ts';

/** Runs a program without a shell. Rejects where it fails, with what it said. */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

export interface WriteStep {
  readonly kind: 'write';
  readonly path: string;
  readonly content: string;
  /** `new`: not there; `same`: nothing to do; `changed`: it has other content. */
  readonly state: 'new' | 'same' | 'changed';
  /** Readable by this group and not by others. */
  readonly group?: string;
}

export interface DeleteStep {
  readonly kind: 'delete';
  readonly path: string;
}

export interface RunStep {
  readonly kind: 'run';
  readonly program: string;
  readonly args: readonly string[];
  /** Arguments that take it back. */
  readonly undo?: readonly string[];
  /** Its failure is no failure of the whole. */
  readonly optional?: boolean;
}

export type Step = WriteStep | DeleteStep | RunStep;

export interface DoParts {
  readonly root: string;
  readonly run: Run;
  /** Told before each step. */
  readonly say: (step: Step) => void;
}

type Undo = () => Promise<unknown>;

/**
 * Does them in their order. Where one fails, those before it are taken back, the last first.
 *
 * @throws SurfwatchError `service-failed`
 */
export async function doSteps(steps: readonly Step[], parts: DoParts): Promise<void> {
  const undos: Undo[] = [];
  for (const step of steps) {
    parts.say(step);
    try {
      undos.push(...(await doStep(step, parts)));
    } catch (error) {
      const left = await takeBack(undos);
      const after = left.length === 0 ? 'all is as it was' : `could not be taken back: ${left.join('; ')}`;
      throw new SurfwatchError('service-failed', `${describeStep(step)}: ${messageOf(error)} (${after})`, {
        cause: error,
      });
    }
  }
}

export function describeStep(step: Step): string {
  if (step.kind === 'run') return [step.program, ...step.args].join(' ');
  if (step.kind === 'delete') return `delete ${step.path}`;
  return `${{ new: 'write', same: 'keep', changed: 'overwrite' }[step.state]} ${step.path}`;
}

/** The text of a file, or null where there is none. */
export async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function doStep(step: Step, { root, run }: DoParts): Promise<Undo[]> {
  if (step.kind === 'run') {
    const { program, args, undo } = step;
    const back = undo === undefined ? [] : [() => run(program, undo)];
    try {
      await run(program, args);
    } catch (error) {
      if (step.optional === true) return back;
      // It may have done a part.
      await Promise.allSettled(back.map(take => take()));
      throw error;
    }
    return back;
  }
  if (step.kind === 'delete') {
    const back = await restorer(step.path);
    await rm(step.path, { recursive: true, force: true });
    return [back];
  }
  if (step.state === 'same') return [];
  const { path, content, group } = step;
  const back = await restorer(path);
  const made = await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, content, group === undefined ? 0o644 : 0o640);
  if (group !== undefined) await chown(path, 0, await groupId(root, group));
  return made === undefined ? [back] : [() => rm(made, { recursive: true, force: true }), back];
}

/** Puts a file back as it is now, or away where there is none. A folder is deleted last, and for good. */
async function restorer(path: string): Promise<Undo> {
  const before = await stat(path).catch(() => null);
  if (before === null) return () => rm(path, { force: true });
  if (!before.isFile()) return async () => undefined;
  const content = await readFile(path);
  return async () => {
    await replaceFile(path, content, before.mode & 0o777);
    await chown(path, before.uid, before.gid);
  };
}

/** The last first; says what could not be. */
async function takeBack(undos: readonly Undo[]): Promise<string[]> {
  const left: string[] = [];
  for (const undo of undos.toReversed()) {
    await undo().catch((error: unknown) => left.push(messageOf(error)));
  }
  return left;
}

/** The id of a group in the file system that is set up, which need not be this process's. */
async function groupId(root: string, name: string): Promise<number> {
  const groups = (await textOf(join(root, 'etc/group'))) ?? '';
  const id = new RegExp(`^${name}:[^:]*:(\\d+):`, 'm').exec(groups)?.[1];
  if (id === undefined) throw new Error(`there is no group ${name}`);
  return Number(id);
}
