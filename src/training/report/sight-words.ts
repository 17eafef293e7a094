/** What it makes of figures that a backbone was, or may have been, trained on what judges. */

import { counted } from '../../base/words.ts';
import type { BackboneSight } from '../backbone-sight.ts';

/**
 * How far figures bear, to be put after "of …": `groups that its backbone was trained on`.
 *
 * @param what is judged by: `group`, `camera`
 */
export function judgedBy(what: string, sight: BackboneSight): string {
  const kind = sightKind(sight);
  if (kind === 'all') return `${what}s that its backbone was trained on`;
  if (kind === 'some') return `${what}s held out, on some of which its backbone was trained`;
  if (kind === 'none') return `${what}s that neither it nor, by its record, its backbone was trained on`;
  return `${what}s held out, whether or not its backbone was trained on them`;
}

/** The same as a warning; null where there is nothing to warn of. */
export function sightWarning(what: string, sight: BackboneSight): string | null {
  const kind = sightKind(sight);
  const elsewhere = `How good it is at ${what}s that the backbone has not seen, these figures do not say.`;
  if (kind === 'none') return null;
  if (kind === 'unknown')
    return `It is not on record what the backbone was trained on. If these ${what}s were part of it, the figures flatter.`;
  const { seen, judged } = sight;
  const which =
    kind === 'all'
      ? `The backbone was trained on all ${counted(judged, what)} that judge`
      : `The backbone was trained on ${seen.length} of the ${counted(judged, what)} that judge`;
  return `${which}: the figures flatter, however they are divided. ${elsewhere}`;
}

function sightKind(sight: BackboneSight): 'all' | 'some' | 'none' | 'unknown' {
  if (sight.seen.length > 0) return sight.seen.length === sight.judged ? 'all' : 'some';
  return sight.recorded ? 'none' : 'unknown';
}
