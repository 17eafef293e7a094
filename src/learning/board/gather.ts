/** Gathers what a retraining learns from. */
import type { Logger } from 'pino';
import type { Classifier } from '../../activity/classifier.ts';
import { messageOf } from '../../errors.ts';
import type { Zone } from '../../vision/zone.ts';
import type { Archive, LabelledFrame } from '../archive/types.ts';
import { heldBlocks, labelBlock } from '../retrain/blocks.ts';
import type { BaseSet, BoardFrame, RetrainInput } from '../retrain/types.ts';

export interface GatherParts {
  readonly archive: Archive;
  readonly classifier: Classifier;
  /** A fresh one for each job: its embeddings are handed over. */
  readonly loadBase: () => Promise<BaseSet | null>;
  readonly log: Logger;
}

/** @param only ways or activities; without it all labels */
export async function gather(
  { archive, classifier, loadBase, log }: GatherParts,
  only: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<RetrainInput> {
  const held = heldBlocks(
    archive.log(Number.MAX_SAFE_INTEGER).toReversed(),
    id => archive.frame(id)?.because === 'image',
  );
  const board: BoardFrame[] = [];
  for (const frame of archive.labelled().filter(({ label }) => isWanted(label, only))) {
    signal.throwIfAborted();
    const embeddings = await embeddingsOf(frame, { archive, classifier, log });
    if (embeddings === null) continue;
    const { id, takenAt, tiles, because, label } = frame;
    board.push({
      id,
      takenAt,
      labels: label.labels,
      ...(label.rectangle !== undefined && { rectangle: label.rectangle }),
      held: held.has(labelBlock(id, because === 'image')),
      tiles,
      embeddings,
    });
  }
  return { base: await loadBase(), board, incumbent: classifier.head };
}

function isWanted({ way, labels }: LabelledFrame['label'], only: readonly string[] | undefined): boolean {
  if (only === undefined) return true;
  const names = labels.length === 0 ? ['none'] : labels;
  return only.includes(way) || names.some(name => only.includes(name));
}

/** Those that are kept; of another backbone they are computed anew from the picture, and kept. */
async function embeddingsOf(
  frame: LabelledFrame,
  { archive, classifier, log }: Pick<GatherParts, 'archive' | 'classifier' | 'log'>,
): Promise<Float32Array | null> {
  const { sha256 } = classifier.backbone.manifest.weights;
  const kept = archive.embeddings(frame.id);
  if (frame.backbone === sha256 && kept !== null) return kept;
  const picture = await archive.picture(frame.id);
  if (picture === null) {
    log.warn(
      { frame: frame.id },
      'a labelled frame of another backbone has no picture: it is not learnt from',
    );
    return null;
  }
  try {
    const { embeddings } = await classifier.classify(picture, frame.tiles.map(asZone));
    archive.replaceEmbeddings(frame.id, sha256, embeddings);
    return embeddings;
  } catch (error) {
    log.warn({ frame: frame.id, reason: messageOf(error) }, 'the picture of a labelled frame cannot be read');
    return null;
  }
}

/** A zone that is one tile. */
function asZone({ rectangle }: LabelledFrame['tiles'][number], index: number): Zone {
  return { name: `tile-${index}`, ...rectangle, tiles: { columns: 1, rows: 1, overlap: 0 } };
}
