/** Looks at a picture that was sent to be labelled. */
import sharp from 'sharp';
import type { Classifier } from '../../activity/classifier.ts';
import type { Size } from '../../vision/tiles.ts';
import type { Zone } from '../../vision/zone.ts';
import type { EmbeddedPicture } from '../labels/service.ts';

/** As photos are learnt: squeezed into one tile. */
const PHOTO: Zone = { name: 'photo', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 1, rows: 1, overlap: 0 } };

/**
 * One of the size of the camera's frames is cut like these, any other is a photo.
 *
 * @param camera size of the camera's frames; null before the first
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function embedSentPicture(
  jpeg: Buffer,
  classifier: Classifier,
  zones: readonly Zone[],
  camera: Size | null,
): Promise<EmbeddedPicture> {
  const { width, height } = await sharp(jpeg).metadata();
  const isFrame = width === camera?.width && height === camera.height;
  const { tiles, embeddings, head } = await classifier.classify(jpeg, isFrame ? zones : [PHOTO]);
  const { sha256: backbone } = classifier.backbone.manifest.weights;
  return { tiles, embeddings, head, backbone, visibility: 'ok', novelty: null };
}
