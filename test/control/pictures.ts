import sharp from 'sharp';
import type { Frame } from '../../src/capture/source.ts';

const NOISE = { type: 'gaussian' as const, mean: 120, sigma: 60 };

/** Noise with EXIF and GPS, lying on its side: 400 × 600 once upright. */
export async function takenPicture(): Promise<Buffer> {
  const noise = sharp({ create: { width: 600, height: 400, channels: 3, noise: NOISE, background: '#000' } });
  return noise
    .withExif({
      IFD0: { Make: 'Camera of Ana' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

let count = 0;

export function frameOf(bytes: Buffer): Frame {
  count += 1;
  return {
    id: `01JWNB52Q8Z3V4C0E7XK9T${String(count).padStart(4, '0')}`,
    takenAt: count,
    bytes,
    origin: 'test',
  };
}
