/** Loss and accuracy after each epoch. */

import { html } from '../../../base/html.ts';
import { percent } from '../../../base/words.ts';
import type { EpochRecord } from '../../record.ts';
import { type Axis, axis, type Chart, COLOURS, type Plot, shareAxis } from './chart.ts';

export function epochCharts(epochs: readonly EpochRecord[], best: number): Chart[] {
  const last = epochs.at(-1);
  const kept = epochs.find(({ epoch }) => epoch === best);
  if (last === undefined || kept === undefined) return [];
  const note = html`<span class="first">━━ fitted</span> <span class="second">╍╍ held out</span>`;
  const losses = epochs.flatMap(({ loss, heldLoss }) => [loss, heldLoss]);
  return [
    {
      title: 'Loss',
      description: `Mean binary cross-entropy over ${last.epoch} epochs. At epoch ${best}, which was kept: ${kept.loss.toFixed(3)} fitted, ${kept.heldLoss.toFixed(3)} held out. At the end: ${last.loss.toFixed(3)} and ${last.heldLoss.toFixed(3)}.`,
      note,
      plot: lines(
        epochs,
        best,
        ({ loss, heldLoss }) => [loss, heldLoss],
        axis('cross-entropy', 0, Math.max(...losses), { round: true }),
      ),
    },
    {
      title: 'Accuracy',
      description: `Accuracy over ${last.epoch} epochs. At epoch ${best}, which was kept: ${percent(kept.accuracy)} fitted, ${percent(kept.heldAccuracy)} held out.`,
      note,
      plot: lines(
        epochs,
        best,
        ({ accuracy, heldAccuracy }) => [accuracy, heldAccuracy],
        shareAxis('accuracy', lowest(epochs)),
      ),
    },
  ];
}

/** A round share below all. */
function lowest(epochs: readonly EpochRecord[]): number {
  const least = Math.min(...epochs.flatMap(({ accuracy, heldAccuracy }) => [accuracy, heldAccuracy]));
  return Math.min(0.8, Math.floor(least * 5) / 5);
}

function lines(
  epochs: readonly EpochRecord[],
  best: number,
  pick: (epoch: EpochRecord) => readonly [fitted: number, held: number],
  y: Axis,
): Plot {
  const mark = epochs.length < 30 && ({ mark: { kind: 'dot', sizes: [5] } } as const);
  const series = (at: 0 | 1) => epochs.map(each => [each.epoch, pick(each)[at]] as const);
  return {
    x: axis('epoch', 0, epochs.at(-1)?.epoch ?? 1, { whole: true }),
    y,
    series: [
      { points: series(0), colour: COLOURS.first, line: 2, ...mark },
      { points: series(1), colour: COLOURS.second, line: 2, dashes: '5 3', ...mark },
    ],
    upright: { x: best, label: `kept: epoch ${best}` },
  };
}
