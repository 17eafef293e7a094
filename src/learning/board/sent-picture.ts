/** Looks at a picture that was sent to be labelled. */
import type { BeachReader } from '../../activity/beach-reader.ts';
import type { Point } from '../../base/geometry.ts';
import { WHOLE_FRAME } from '../../vision/zone.ts';
import type { EmbeddedPicture } from '../labels/service.ts';

/**
 * Whatever its size, it is read as a frame: riders are looked for at all sizes. The label is of all of it, so the
 * zones of this camera don't matter.
 *
 * @param points that its label points at
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function embedSentPicture(
  jpeg: Buffer,
  { read, backbone }: Pick<BeachReader, 'read' | 'backbone'>,
  points: readonly Point[] = [],
): Promise<EmbeddedPicture> {
  const { cells, embeddings, head } = await read(jpeg, [WHOLE_FRAME], points);
  return {
    cells,
    embeddings,
    head,
    backbone: backbone.manifest.weights.sha256,
    visibility: 'ok',
    novelty: null,
  };
}
