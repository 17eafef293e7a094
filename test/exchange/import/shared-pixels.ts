/** Photos of ../shared as a network is given them. */
import sharp from 'sharp';
import { sharedPhotos } from '../../vision/support.ts';

/** @returns [224, 224, 3] RGB bytes of each of `each` photos a class */
export function sharedPixels(each: number): Promise<Uint8Array[]> {
  return Promise.all(
    sharedPhotos(each).map(file =>
      sharp(file).resize(224, 224, { fit: 'fill' }).removeAlpha().toColourspace('srgb').raw().toBuffer(),
    ),
  );
}
