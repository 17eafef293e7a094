/** What is wrong with pictures to learn from. */

export const FINDINGS = {
  unreadable: 'it can’t be decoded, is cut off, or is no picture',
  tiny: 'it is smaller than the backbone needs to see anything',
  'not-a-class': 'its folder is not the name of a class',
  duplicate: 'another file shows (nearly) the same picture with the same label',
  contradiction: 'the same picture stands in two classes',
  'bad-box': 'a box lies outside of its frame or has no area',
  'too-few': 'a class has too few pictures to learn from or to measure with',
  imbalance: 'a class has very many more pictures than another',
} as const;

export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
  readonly kind: FindingKind;
  /** Paths; the first is the one it is about, others are what it collides with. Empty for a whole class. */
  readonly files: readonly string[];
  /** What was found, in a sentence with its figures. */
  readonly message: string;
  /** Files that are not learnt from because of it. */
  readonly leftOut: readonly string[];
}
