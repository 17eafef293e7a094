/** What the present head says of tiles that an older one scored. */
import type { Scores } from '../../activity/classifier.ts';
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { scoresOf } from '../../activity/scores.ts';

/** For `rankFrames`: [tiles, width] embeddings of the head's backbone in, the scores of each tile out. */
export function rescoreWith(head: HeadBundle): (embeddings: Float32Array, tiles: number) => Scores[] {
  return (embeddings, tiles) => {
    const probabilities = scoreEmbeddings(head, embeddings, tiles);
    return Array.from({ length: tiles }, (_, row) => scoresOf(head.manifest, probabilities, row));
  };
}
