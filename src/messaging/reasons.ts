/**
 * Why a frame is worth a label, and why a head was promoted, held, rejected or rolled back: each reason is an English
 * sentence, and the code and values from which the page makes the sentence of another language.
 */
import { percent } from '../base/words.ts';

/** `{name}` stands for a value. */
export const REASONS = {
  'near-threshold': '{activity} {score} is near its threshold {threshold}',
  'two-activities': '{activity} {score} and {rival} {rivalScore} of one rider are near each other',
  'unlike-labelled': 'unlike anything labelled (similarity {similarity} at most)',
  'unlike-known': 'unlike anything known (similarity {similarity} at most)',
  'stands-for-others': 'stands for {frames} other frames that look like it',
  'few-labels': 'seems to show {activity}, of which few frames are labelled so far: {labels}',
  'head-sure': '{activity} {score}: the head is sure; a label says whether it is right',
  'places-in-doubt': '{places} places may be riders, {unsure} of them in doubt: say one by one which are',
  'nobody-labelled':
    'seems to show nobody: no frame of this camera is labelled `none` or complete yet, so nothing tells the beach from its riders',
  'whole-no-place': 'is labelled as a whole, and nothing in it looks like a rider: point at the riders',
  'whole-one-place':
    'is labelled as a whole, and it is not sure that the one place found is meant: point at the riders',
  'whole-many-places':
    'is labelled as a whole, and it is not clear which of {places} places is meant: point at the riders',

  'labels-contradict':
    'Of {sure} labelled frames in which the head is sure of {seen}, {frames} are labelled as another activity, most as {said}: the labels look wrong. Correct them; if they are right, use `force`.',
  'nothing-to-judge':
    'There is nothing to judge by: no base set comes with the head, and no labelled frame is of a time that is held out.',
  'base-f1': 'Macro-F1 on the base set ({judged} judged) went from {before} to {after}.',
  'base-f1-fell':
    'Macro-F1 on the base set ({judged} judged) fell from {before} to {after}; {allowed} less is let pass.',
  'base-recall-fell':
    'Recall of {activity} on the base set ({judged} judged) fell from {before} to {after}; {allowed} less is let pass.',
  'base-f1-below-current':
    'Macro-F1 on the base set is {after}, of the head in use {before}: more than {allowed} would be lost of what it knew before.',
  'base-f1-below-shipped':
    'Macro-F1 on the base set is {after}, of the shipped head {before}: more than {allowed} would be lost of what it knew before.',
  'board-f1': 'Macro-F1 on the held-out frames of the board ({judged} judged) went from {before} to {after}.',
  'board-f1-fell':
    'Macro-F1 on the held-out frames of the board ({judged} judged) fell from {before} to {after}; {allowed} less is let pass.',
  'board-recall-fell':
    'Recall of {activity} on the held-out frames of the board ({judged} judged) fell from {before} to {after}; {allowed} less is let pass.',
  'other-cameras-f1':
    'F1 of riders in frames of other cameras is {after}, of the head it came from {before}.',
  'riders-elsewhere':
    'In {moved} of {frames} frames the new head finds riders ({elsewhere}) where the head in use saw nobody and no rider was pointed at.',
  'riders-anywhere':
    'In {moved} of {frames} frames the new head finds riders ({elsewhere}) where no rider was pointed at, and no frame it learnt from says where nobody is: label a frame `none`, or one with all its riders as complete (some are held out to judge by).',
  'riders-found':
    'In {frames} frames of this camera that nobody labelled it finds {riders} riders, the head in use {ridersBefore}.',

  flips: 'the activity changes {flips} times an hour, before {flipsBefore}',
  'frames-contradict': '{share} of the frames contradict the one before, before {shareBefore}',
  'frames-unsure': '{share} of the frames have a score near its threshold, before {shareBefore}',
  'low-confidence': 'the mean confidence is {confidence}, before {confidenceBefore}',

  'asked-for': 'Somebody asked for it.',
  approved: 'It was held for approval, and approved.',
  dismissed: 'It was held for approval, and rejected.',
  'found-in-use': 'It was found in use at the start: the line that told of it was lost.',
  'head-unusable': 'Head {head} cannot be used: {error}',
} as const satisfies Record<string, string>;

export type ReasonCode = keyof typeof REASONS;

/** A share 0..1 is written as percent; a score and the like, 0..1 too, with two decimals. */
type Format = 'activity' | 'count' | 'share' | 'score' | 'text';

/** How each value is written, by its name. */
export const FORMATS = {
  activity: 'activity',
  rival: 'activity',
  seen: 'activity',
  said: 'activity',
  score: 'score',
  rivalScore: 'score',
  threshold: 'score',
  similarity: 'score',
  confidence: 'score',
  confidenceBefore: 'score',
  before: 'share',
  after: 'share',
  allowed: 'share',
  share: 'share',
  shareBefore: 'share',
  frames: 'count',
  labels: 'count',
  places: 'count',
  unsure: 'count',
  sure: 'count',
  judged: 'count',
  moved: 'count',
  elsewhere: 'count',
  riders: 'count',
  ridersBefore: 'count',
  flips: 'count',
  flipsBefore: 'count',
  head: 'text',
  error: 'text',
} as const satisfies Record<NamesIn<(typeof REASONS)[ReasonCode]>, Format>;

type NamesIn<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | NamesIn<Rest> : never;

/** Null where it is not known. Several activities of one frame are joined by `+`. */
type Value = string | number | null;

/** Plain data that survives JSON. */
export interface Reason {
  /** One of {@link REASONS}. */
  readonly code: string;
  readonly text: string;
  readonly values: Readonly<Record<string, Value>>;
}

export function reason<C extends ReasonCode>(
  code: C,
  values: { readonly [N in NamesIn<(typeof REASONS)[C]>]: Value },
): Reason {
  const known: Reason['values'] = values;
  const text = REASONS[code].replace(/\{(\w+)\}/g, (_, name: string) =>
    inEnglish(FORMATS[name as keyof typeof FORMATS], known[name] ?? null),
  );
  return { code, text, values };
}

function inEnglish(format: Format, value: Value): string {
  if (value === null) return 'unknown';
  if (typeof value === 'string') return value;
  if (format === 'share') return percent(value);
  return value.toFixed(format === 'score' ? 2 : 0);
}
