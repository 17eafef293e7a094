/** Why a picture can or cannot be judged. Everything but `ok` makes the activity `unknown`. */
export const VISIBILITIES = [
  'ok',
  'dark',
  'obscured',
  'frozen',
  'unreadable',
  'camera-lost',
  'paused',
  'night',
  'closed',
  'overexposed',
  'fogged',
  'lens-dirty',
  'moved',
  'damaged',
] as const;

export type Visibility = (typeof VISIBILITIES)[number];
