/** What is known on the board: labelled frames and the base set, as the advice compares with them. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type LabelledCells, labelledCells } from '../advice/likeness/labelled-cells.ts';
import { rescoreWith } from '../advice/rescore.ts';
import type { Archive } from '../archive/types.ts';

/**
 * The cells that labels are about, read once and again after {@link LabelledCellsCache.forget}.
 *
 * @param head the one in use
 */
export interface LabelledCellsCache {
  cells(): LabelledCells;
  /** A label came or went, or another head is in use. */
  forget(): void;
}

export function labelledCellsCache(archive: Archive, head: () => HeadBundle): LabelledCellsCache {
  let known: LabelledCells | undefined;
  return {
    cells() {
      known ??= read(archive, head());
      return known;
    },
    forget() {
      known = undefined;
    },
  };
}

function read(archive: Archive, head: HeadBundle): LabelledCells {
  const { backbone, width } = head.manifest;
  const rescore = rescoreWith(head);
  const frames = archive
    .labelled()
    .filter(frame => frame.backbone === backbone.sha256)
    .flatMap(({ id, takenAt, label, cells }) => {
      const embeddings = archive.embeddings(id);
      if (embeddings === null || embeddings.length !== cells.length * width) return [];
      const scores = rescore(embeddings, cells.length);
      const { labels, rectangle, pointing } = label;
      return {
        id,
        takenAt,
        labels,
        ...(rectangle !== undefined && { rectangle }),
        ...(pointing !== undefined && { pointing }),
        cells: cells.map((cell, row) => ({ ...cell, scores: scores[row] ?? cell.scores })),
        embeddings,
      };
    });
  return labelledCells(frames, width);
}
