/** Loss and accuracy after each epoch. */

import { html } from '../../../base/html.ts';
import { percent } from '../../../base/words.ts';
import type { EpochRecord } from '../../record.ts';
import { axis, type Chart, COLOURS, label } from './chart.ts';

export function epochCharts(epochs: readonly EpochRecord[], best: number): Chart[] {
  const last = epochs.at(-1);
  const kept = epochs.find(({ epoch }) => epoch === best);
  if (last === undefined || kept === undefined) return [];
  const note = html`<span class="first">━━ fitted</span> <span class="second">╍╍ held out</span>`;
  return [
    {
      title: 'Loss',
      description: `Mean binary cross-entropy over ${last.epoch} epochs. At epoch ${best}, which was kept: ${kept.loss.toFixed(3)} fitted, ${kept.heldLoss.toFixed(3)} held out. At the end: ${last.loss.toFixed(3)} and ${last.heldLoss.toFixed(3)}.`,
      note,
      option: lines(
        epochs,
        best,
        ({ loss, heldLoss }) => [loss, heldLoss],
        axis('cross-entropy', { min: 0, splitNumber: 4 }),
      ),
    },
    {
      title: 'Accuracy',
      description: `Accuracy over ${last.epoch} epochs. At epoch ${best}, which was kept: ${percent(kept.accuracy)} fitted, ${percent(kept.heldAccuracy)} held out.`,
      note,
      option: lines(
        epochs,
        best,
        ({ accuracy, heldAccuracy }) => [accuracy, heldAccuracy],
        axis('accuracy (%)', {
          min: lowest(epochs),
          max: 1,
          splitNumber: 4,
          axisLabel: {
            color: COLOURS.soft,
            fontSize: 12,
            formatter: (value: number) => `${Math.round(100 * value)}`,
          },
        }),
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
  yAxis: object,
) {
  const count = epochs.at(-1)?.epoch ?? 1;
  const symbol = epochs.length < 30 ? { symbol: 'circle', symbolSize: 5 } : { symbol: 'none' };
  const late = best > count / 2;
  return {
    grid: { left: 48, right: 14, top: 22, bottom: 40 },
    xAxis: axis('epoch', { min: 0, max: count, minInterval: 1, splitLine: { show: false } }, true),
    yAxis,
    series: [
      {
        type: 'line',
        silent: true,
        ...symbol,
        data: epochs.map(each => [each.epoch, pick(each)[0]]),
        lineStyle: { color: COLOURS.first, width: 2 },
        itemStyle: { color: COLOURS.first },
      },
      {
        type: 'line',
        silent: true,
        ...symbol,
        data: epochs.map(each => [each.epoch, pick(each)[1]]),
        lineStyle: { color: COLOURS.second, width: 2, type: [5, 3] },
        itemStyle: { color: COLOURS.second },
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: COLOURS.ink, width: 1, type: 'solid' },
          label: {
            ...label(`kept: epoch ${best}`, COLOURS.ink, 'end'),
            align: late ? 'right' : 'left',
          },
          data: [{ xAxis: best }],
        },
      },
    ],
  };
}
