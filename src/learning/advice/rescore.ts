/** What the present head says of cells that an older one scored. */
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type Scores, scoresOf } from '../../activity/scores.ts';

/** For `rankFrames`: [cells, width] embeddings of the head's backbone in, the scores of each cell out. */
export function rescoreWith(head: HeadBundle): (embeddings: Float32Array, cells: number) => Scores[] {
  return (embeddings, cells) => {
    const probabilities = scoreEmbeddings(head, embeddings, cells);
    return Array.from({ length: cells }, (_, row) => scoresOf(head.manifest, probabilities, row));
  };
}
