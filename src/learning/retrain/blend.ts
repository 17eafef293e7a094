/** Puts what a camera taught together with what was known: a mean of the weights of two heads is again a head. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { FittedHead } from '../fit/head-trainer.ts';
import { type FoundPlaces, foundF1 } from './found-places.ts';
import { MOST_LOST } from './gate.ts';

/** Parts of the way that are tried, in turn. */
const PARTS = [1, 0.75, 0.5, 0.25];

/**
 * Goes from the head that is known to be good to the refitted one, in a mean of their weights (WiSE-FT; Wortsman and others
 * 2022), but only as far as no more is lost at other cameras than the gate lets pass.
 *
 * @param places null where there are none to see a loss by: then it is the refitted one
 * @param calibrated gives a mean of the weights its calibration
 * @returns with the outputs of the refitted head; where every part loses more, the smallest
 */
export function blend(
  known: HeadBundle,
  refitted: HeadBundle,
  places: FoundPlaces | null,
  calibrated: (head: HeadBundle) => HeadBundle,
): HeadBundle {
  const from = inShapeOf(refitted, known);
  const least = places === null ? 0 : foundF1(known, places) - MOST_LOST;
  let head = refitted;
  for (const part of PARTS) {
    head = calibrated({ ...refitted, ...between(from, refitted, part) });
    if (places === null || foundF1(head, places) >= least) break;
  }
  return head;
}

/** What the known head has no output for is the refitted one's; all of it where they differ otherwise. */
function inShapeOf(refitted: HeadBundle, known: HeadBundle): FittedHead {
  const [wanted, own] = [namesOf(refitted), namesOf(known)];
  const { hidden, width } = known.manifest;
  const isSame = hidden === refitted.manifest.hidden && width === refitted.manifest.width;
  if (!isSame || !own.every(name => wanted.includes(name))) return refitted;
  const outputKernel = Float32Array.from(refitted.outputKernel);
  const outputBias = Float32Array.from(refitted.outputBias);
  for (const [from, name] of own.entries()) {
    const to = wanted.indexOf(name);
    outputKernel.set(known.outputKernel.subarray(from * hidden, (from + 1) * hidden), to * hidden);
    outputBias[to] = known.outputBias[from] as number;
  }
  return { ...known, outputKernel, outputBias };
}

function namesOf({ manifest: { activities, background = [] } }: HeadBundle): string[] {
  return [...activities, ...background];
}

function between(from: FittedHead, to: FittedHead, share: number): FittedHead {
  const mixed = (a: Float32Array, b: Float32Array) =>
    a.map((value, index) => value + share * ((b[index] as number) - value));
  return {
    hiddenKernel: mixed(from.hiddenKernel, to.hiddenKernel),
    hiddenBias: mixed(from.hiddenBias, to.hiddenBias),
    outputKernel: mixed(from.outputKernel, to.outputKernel),
    outputBias: mixed(from.outputBias, to.outputBias),
  };
}
