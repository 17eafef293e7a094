/** What is known on the board: labelled frames and the base set, as the advice compares with them. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type LabelledTiles, labelledTiles } from '../advice/likeness/labelled-tiles.ts';
import { rescoreWith } from '../advice/rescore.ts';
import type { Archive } from '../archive/types.ts';

/**
 * The tiles that labels are about, read once and again after {@link KnownLabels.forget}.
 *
 * @param head the one in force
 */
export interface KnownLabels {
  tiles(): LabelledTiles;
  /** A label came or went, or another head is in force. */
  forget(): void;
}

export function knownLabels(archive: Archive, head: () => HeadBundle): KnownLabels {
  let known: LabelledTiles | undefined;
  return {
    tiles() {
      known ??= read(archive, head());
      return known;
    },
    forget() {
      known = undefined;
    },
  };
}

function read(archive: Archive, head: HeadBundle): LabelledTiles {
  const { backbone, width } = head.manifest;
  const rescore = rescoreWith(head);
  const frames = archive
    .labelled()
    .filter(frame => frame.backbone === backbone.sha256)
    .flatMap(({ id, takenAt, label, tiles }) => {
      const embeddings = archive.embeddings(id);
      if (embeddings === null || embeddings.length !== tiles.length * width) return [];
      const scores = rescore(embeddings, tiles.length);
      const { labels, rectangle } = label;
      return {
        id,
        takenAt,
        labels,
        ...(rectangle !== undefined && { rectangle }),
        tiles: tiles.map((tile, row) => ({ ...tile, scores: scores[row] ?? tile.scores })),
        embeddings,
      };
    });
  return labelledTiles(frames, width);
}
