/** Notices that files were replaced, by looking at them now and then. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';

export interface FileChanges {
  readonly paths: readonly string[];
  readonly everyMs: number;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called after a change; it does not throw. Not called again before it is done. */
  readonly onChange: () => Promise<void>;
}

/** Looks at once, so that nothing is missed from here on; resolves then, and goes on by itself. */
export async function watchFiles(watch: FileChanges): Promise<void> {
  let before = await marksOf(watch.paths);
  void (async () => {
    for (;;) {
      await watch.clock.sleep(watch.everyMs, watch.signal);
      const now = await marksOf(watch.paths);
      if (now === before) continue;
      before = now;
      await watch.onChange();
    }
  })().catch(() => undefined);
}

async function marksOf(paths: readonly string[]): Promise<string> {
  const marks = await Promise.all(
    paths.map(async path => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`;
    }),
  );
  return marks.join('\n');
}
