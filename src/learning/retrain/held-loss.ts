/** The loss by which a retraining stops: what was known must stay, and the board's own hours must get better. */
import type { HeadInput } from '../../activity/head-input.ts';
import type { EmbeddedSet } from '../embedding/sample.ts';
import { lossOfScored } from '../fit/loss.ts';
import { preparedFor } from './fit-rows.ts';
import type { HeadTrainer } from './trainer.ts';
import type { BoardFrame } from './types.ts';

type Score = HeadTrainer['logits'];

/** Fewer held-back frames say less than all that are fitted to. */
const ENOUGH = 8;

/** @returns base and board, each weighing half; of the board the held frames, or the fitted where they are too few */
export function heldLossOf(
  manifest: { readonly width: number; readonly input?: HeadInput | undefined },
  activities: readonly string[],
  base: EmbeddedSet | null,
  held: readonly BoardFrame[],
  fitted: readonly BoardFrame[],
): (score: Score) => number {
  const inputs = base === null ? new Float32Array(0) : preparedFor(manifest, base.embeddings);
  const frames = (held.length >= ENOUGH ? held : fitted).map(frame => ({
    labels: frame.labels,
    tiles: frame.tiles.length,
    inputs: preparedFor(manifest, frame.embeddings),
  }));
  return score => {
    let sum = 0;
    for (const { labels, tiles, inputs: own } of frames) {
      const logits = score(own, tiles);
      for (const [column, activity] of activities.entries()) {
        let most = Number.NEGATIVE_INFINITY;
        for (let tile = 0; tile < tiles; tile++) {
          most = Math.max(most, logits[tile * activities.length + column] as number);
        }
        // The daemon divides a zone's odds by its tiles.
        const logit = most - Math.log(tiles);
        sum += softplus(labels.includes(activity) ? -logit : logit) / activities.length / frames.length;
      }
    }
    if (base === null || base.samples.length === 0) return sum;
    return sum + lossOfScored(score(inputs, base.samples.length), base.samples);
  };
}

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
