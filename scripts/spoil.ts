/** Ways to spoil a good picture, to see whether the picture-quality gates find it. */
import sharp, { type Sharp } from 'sharp';

/** Fog of a grey level: contrast falls to `share`, and the sky's light takes the rest. */
const fog = (share: number) => (picture: Sharp) => picture.linear(share, (1 - share) * 190);
/** A bag or a hand over the lens, with the noise of a camera that turns its gain up. */
const covered = (red: number, green: number, blue: number) => async (picture: Sharp) => {
  const { width, height } = await picture.metadata();
  const noise = { type: 'gaussian', mean: 128, sigma: 4 } as const;
  const grain = await sharp({ create: { width, height, channels: 3, background: '#808080', noise } })
    .png()
    .toBuffer();
  return sharp({
    create: { width, height, channels: 3, background: { r: red, g: green, b: blue } },
  }).composite([{ input: grain, blend: 'soft-light' }]);
};

type Spoiling = (picture: Sharp) => Sharp | Promise<Sharp>;

export const SPOILT: Readonly<Record<string, Spoiling>> = {
  'light × 0.2': picture => picture.linear(0.2, 0),
  'light × 0.1': picture => picture.linear(0.1, 0),
  'light × 0.05': picture => picture.linear(0.05, 0),
  black: picture => picture.linear(0, 0),
  'fog, contrast × 0.3': fog(0.3),
  'fog, contrast × 0.15': fog(0.15),
  'fog, contrast × 0.08': fog(0.08),
  'uniform grey': picture => picture.linear(0, 128),
  'white-out (+ 230)': picture => picture.linear(1, 230),
  'hand on the lens': covered(120, 50, 40),
  'bag on the lens': covered(170, 175, 180),
  'blur 1 % of the width': picture => picture.blur(8),
  'blur 2 % of the width': picture => picture.blur(16),
  'blur 3 % of the width': picture => picture.blur(25),
};

/** The picture spoilt, 832 pixels at its longer side, coded as a camera would. */
export async function spoil(bytes: Buffer, how: Spoiling): Promise<Buffer> {
  const size = { width: 832, height: 832, fit: 'inside' } as const;
  const upright = await sharp(bytes)
    .autoOrient()
    .resize(size)
    .toColourspace('srgb')
    .removeAlpha()
    .png()
    .toBuffer();
  return (await how(sharp(upright))).jpeg({ quality: 85 }).toBuffer();
}
