/** What is wrong with pictures to learn from. */

export const FINDINGS = {
  unreadable: 'it can’t be decoded, is cut off, or is no picture',
  'too-large': 'it has more bytes or pixels than are safe to unpack',
  tiny: 'it is smaller than the backbone needs to see anything',
  'missing-file': 'a list names a picture that is not there, or a picture has no labels',
  'not-a-class': 'its folder is not the name of a class',
  'unknown-name': 'boxes have a name that may be a misspelt activity, or none: they are taken for no riders',
  duplicate: 'another file shows the same picture with the same label',
  'near-duplicate': 'other files show nearly the same picture; they stay on one side of the split',
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
