/** Reads the cells that a label points at from the picture that is kept of a frame. */
import type { BeachReader } from '../../activity/beach-reader.ts';
import type { Point } from '../../base/geometry.ts';
import { WHOLE_FRAME, type Zone } from '../../vision/zone.ts';
import type { Archive, KeptFrame } from '../archive/types.ts';

export interface PointDeps {
  readonly archive: Pick<Archive, 'frame' | 'picture' | 'pointCells' | 'replaceCells'>;
  readonly reader: Pick<BeachReader, 'read' | 'backbone'>;
  /** Zones of the camera. */
  readonly zones: readonly Zone[];
}

/**
 * The cells of these points, at every level, are kept after the frame's others; of a frame that another backbone read,
 * all cells are kept anew.
 *
 * @returns false where no picture of it is kept
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function pointAt(
  { archive, reader, zones }: PointDeps,
  id: string,
  points: readonly Point[],
): Promise<boolean> {
  const frame = archive.frame(id);
  const picture = await archive.picture(id);
  if (frame === undefined || picture === null) return false;
  const { head, cells, embeddings } = await reader.read(picture, zonesOf(frame, zones), { points });
  const backbone = reader.backbone.manifest.weights.sha256;
  const from = cells.filter(({ pointed }) => pointed !== true).length;
  const width = embeddings.length / cells.length;
  const pointed = { backbone, cells: cells.slice(from), embeddings: embeddings.slice(from * width) };
  if (!archive.pointCells(id, pointed)) archive.replaceCells(id, { backbone, head, cells, embeddings });
  return true;
}

/** A picture that was sent in is one zone: the camera's zones don't matter. */
function zonesOf({ because }: Pick<KeptFrame, 'because'>, zones: readonly Zone[]): readonly Zone[] {
  return because === 'image' ? [WHOLE_FRAME] : zones;
}
