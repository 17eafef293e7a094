/** What a check of this machine found. */
import { messageOf, SurfwatchError } from '../../errors.ts';

export type Status = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly name: string;
  readonly status: Status;
  readonly detail: string;
  /** What to do; null where nothing needs to be done. */
  readonly remedy: string | null;
}

export function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail, remedy: null };
}

export function warn(name: string, detail: string, remedy: string): Finding {
  return { name, status: 'warn', detail, remedy };
}

export function fail(name: string, detail: string, remedy: string): Finding {
  return { name, status: 'fail', detail, remedy };
}

/** A coded error with its own remedy; any other is a defect, but must not keep the other checks from being made. */
export function failed(name: string, error: unknown): Finding {
  return error instanceof SurfwatchError
    ? fail(name, `${error.code}: ${error.message}`, error.remedy)
    : fail(name, messageOf(error), 'Report this: the check itself failed.');
}
