/** A look as learning takes it. */
import { SurfwatchError } from '../errors.ts';
import type { SeenFrame } from '../learning/board/seen-frame.ts';
import type { Look, Watch } from './watch.ts';

/** @throws SurfwatchError `capture-unreadable` */
export function seenFrameOf(
  { frame, looked: { observation, read } }: Look,
  watch: Pick<Watch, 'reports' | 'options'>,
): SeenFrame {
  if (read === undefined) throw new SurfwatchError('capture-unreadable', 'the picture cannot be read');
  const { visibility, monotonicMs } = observation;
  const { activity } = watch.reports.beach;
  const { thresholds } = watch.options;
  return { frame, monotonicMs, visibility, read, activity, thresholds };
}
