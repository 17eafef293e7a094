/** Gathers what a retraining learns from. */
import type { Logger } from 'pino';
import type { BeachReader } from '../../activity/beach-reader.ts';
import { messageOf } from '../../errors.ts';
import { WHOLE_FRAME, type Zone } from '../../vision/zone.ts';
import type { Archive, LabelledFrame } from '../archive/types.ts';
import { heldBlocks, labelBlock } from '../retrain/blocks.ts';
import type { BaseSet, BoardFrame, RetrainInput } from '../retrain/types.ts';

export interface GatherParts {
  readonly archive: Archive;
  readonly reader: BeachReader;
  /** Of the camera. */
  readonly zones: readonly Zone[];
  /** A fresh one for each job: its embeddings are handed over. */
  readonly loadBase: () => Promise<BaseSet | null>;
  readonly log: Logger;
}

/** @param only ways or activities; without it all labels */
export async function gather(
  parts: GatherParts,
  only: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<RetrainInput> {
  const { archive, reader, loadBase } = parts;
  const held = heldBlocks(
    archive.log(Number.MAX_SAFE_INTEGER).toReversed(),
    id => archive.frame(id)?.because === 'image',
  );
  const board: BoardFrame[] = [];
  for (const frame of archive.labelled().filter(({ label }) => isWanted(label, only))) {
    signal.throwIfAborted();
    const seen = await cellsOf(frame, parts);
    if (seen === null) continue;
    const { id, takenAt, because, label } = frame;
    board.push({
      id,
      takenAt,
      labels: label.labels,
      ...(label.rectangle !== undefined && { rectangle: label.rectangle }),
      held: held.has(labelBlock(id, because === 'image')),
      elsewhere: because === 'image',
      ...seen,
    });
  }
  return { base: await loadBase(), board, incumbent: reader.head };
}

function isWanted({ way, labels }: LabelledFrame['label'], only: readonly string[] | undefined): boolean {
  if (only === undefined) return true;
  const names = labels.length === 0 ? ['none'] : labels;
  return only.includes(way) || names.some(name => only.includes(name));
}

/** Those that are kept; of another backbone the picture is read anew, and what comes of it kept. */
async function cellsOf(
  frame: LabelledFrame,
  { archive, reader, zones, log }: GatherParts,
): Promise<Pick<BoardFrame, 'cells' | 'embeddings'> | null> {
  const { backbone, width } = reader.head.manifest;
  const kept = archive.embeddings(frame.id);
  if (frame.backbone === backbone.sha256 && kept?.length === frame.cells.length * width)
    return { cells: frame.cells, embeddings: kept };
  const picture = await archive.picture(frame.id);
  if (picture === null) {
    log.warn(
      { frame: frame.id },
      'a labelled frame of another backbone has no picture: it is not learnt from',
    );
    return null;
  }
  try {
    const { head, cells, embeddings } = await reader.read(
      picture,
      frame.because === 'image' ? [WHOLE_FRAME] : zones,
    );
    archive.replaceCells(frame.id, { backbone: backbone.sha256, head, cells, embeddings });
    return { cells, embeddings };
  } catch (error) {
    log.warn({ frame: frame.id, reason: messageOf(error) }, 'the picture of a labelled frame cannot be read');
    return null;
  }
}
