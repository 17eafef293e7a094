/** Ways to spoil a good picture, to see whether the picture-quality gates find it. Each gate has two ways or more. */
import sharp from 'sharp';
import type { RawPicture } from '../src/vision/decode.ts';
import { crushed, garbageBelow, greenBelow, greyBelow, lostColour, smearedBelow } from './spoil/damage.ts';
import { blur, condensation, deepFog, defocus, evenFog } from './spoil/haze.ts';
import {
  bird,
  halfCovered,
  looseThreads,
  orbWeb,
  refractingDrops,
  salt,
  smear,
  softDrops,
} from './spoil/lens.ts';
import { exposure, night, sunInLens, washedOut } from './spoil/light.ts';
import { mapped, type Spoiling } from './spoil/pixels.ts';
import { cut } from './spoil/view.ts';

export type SpoiltBy = Readonly<Record<string, Spoiling>>;

/** What one picture alone can show; the gates that may find it. */
export const SPOILT: Readonly<
  Record<string, { readonly gates: readonly string[]; readonly ways: SpoiltBy }>
> = {
  dark: {
    gates: ['dark'],
    ways: {
      'exposure 4 stops less': exposure(-4),
      'exposure 5 stops less': exposure(-5),
      'exposure 6 stops less': exposure(-6),
      'night with a lamp, light × 0.02': night(0.02),
      'night with a lamp, light × 0.005': night(0.005),
    },
  },
  'over-exposed': {
    gates: ['overexposed'],
    ways: {
      'exposure 2 stops more': exposure(2),
      'exposure 3 stops more': exposure(3),
      'exposure 4 stops more': exposure(4),
      'washed out by 0.8': washedOut(0.8),
      'sun in the lens, weak': sunInLens(0.5),
      'sun in the lens': sunInLens(1),
      'sun in the lens, strong': sunInLens(2),
    },
  },
  'fogged or blurred': {
    gates: ['fogged', 'obscured'],
    ways: {
      'even fog, contrast × 0.3': evenFog(0.3),
      'even fog, contrast × 0.15': evenFog(0.15),
      'even fog, contrast × 0.08': evenFog(0.08),
      'fog by depth, density 1': deepFog(1),
      'fog by depth, density 2': deepFog(2),
      'fog by depth, density 3': deepFog(3),
      'blur, 1 % of the width': blur(0.01),
      'blur, 2 % of the width': blur(0.02),
      'out of focus by 1 %': defocus(0.01),
      'out of focus by 1.5 %': defocus(0.015),
      'out of focus by 2 %': defocus(0.02),
      'condensation, half': condensation(0.5),
      'condensation, full': condensation(1),
    },
  },
  covered: {
    gates: ['obscured', 'fogged'],
    ways: {
      'a bag, grey': picture => mapped(picture, (_v, x) => 150 + (12 * x) / picture.width),
      'a hand': picture =>
        mapped(picture, (_v, x, _y, c) => ([120, 50, 40][c] ?? 0) + (10 * x) / picture.width),
    },
  },
  damaged: {
    gates: ['damaged'],
    ways: {
      'grey, lowest fifth': greyBelow(0.2),
      'grey, lower half': greyBelow(0.5),
      'green, lowest 0.3': greenBelow(0.3),
      'row repeated, lowest fifth': smearedBelow(0.2),
      'row repeated, lower half': smearedBelow(0.5),
      'colour lost, green': lostColour(0),
      'colour lost, pink': lostColour(255),
      'colour shifted to green': lostColour(64),
      'colour shifted to pink': lostColour(200),
      'blocks thrown about, lower 0.8': garbageBelow(0.8),
      'compressed to quality 2': crushed(2),
    },
  },
};

/** What sticks to the lens, or is before a part of it. */
export const DIRT: SpoiltBy = {
  'drops, refracting, 5 %': refractingDrops(0.05),
  'drops, refracting, 10 %': refractingDrops(0.1),
  'drops, refracting, 20 %': refractingDrops(0.2),
  'drops, soft, 10 %': softDrops(0.1),
  'drops, soft, 20 %': softDrops(0.2),
  'salt, 10 %': salt(0.1),
  'salt, 30 %': salt(0.3),
  'smeared dirt, 20 %': smear(0.2),
  'orb web, faint': orbWeb(0.4),
  'orb web': orbWeb(0.7),
  'loose threads, faint': looseThreads(0.4),
  'loose threads': looseThreads(0.7),
  'covered, 15 %': halfCovered(0.15),
  'covered, 30 %': halfCovered(0.3),
  'bird, 15 %': bird(0.15),
};

/** What only time shows. The picture is a cut of four fifths before as well. */
export const SPOILT_VIEW: Readonly<
  Record<string, { readonly gates: readonly string[]; readonly ways: SpoiltBy }>
> = {
  'fogged, beside the usual view': {
    gates: ['fogged', 'obscured'],
    ways: {
      'even fog, contrast × 0.3': evenFog(0.3),
      'fog by depth, density 1': deepFog(1),
      'condensation, half': condensation(0.5),
      'condensation, full': condensation(1),
      'out of focus by 1 %': defocus(0.01),
    },
  },
};

/** How the view of a camera can change, as cuts of the same picture. */
export const MOVED: SpoiltBy = {
  'to the side by 2 %': cut({ x: 0.6 }),
  'to the side by 4 %': cut({ x: 0.7 }),
  'to the side by 10 %': cut({ x: 1 }),
  'down by 4 %': cut({ y: 0.7 }),
  'down by 10 %': cut({ y: 1 }),
  'turned by 2°': cut({ turn: 2 }),
  'turned by 5°': cut({ turn: 5 }),
  'zoomed by 6 %': cut({ size: 0.75 }),
  'zoomed by 20 %': cut({ size: 0.64 }),
};

/** 832 pixels at the longer side, upright. */
export async function rawOf(bytes: Buffer): Promise<RawPicture> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize({ width: 832, height: 832, fit: 'inside' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

/** The picture spoilt, coded and decoded as by a camera. */
export async function spoil(picture: RawPicture, how: Spoiling, random: () => number): Promise<RawPicture> {
  const { rgb, width, height } = await how(picture, random);
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 80 })
    .toBuffer();
  return { width, height, rgb: await sharp(jpeg).raw().toBuffer() };
}
