/** The names in a label: the activities somebody saw, or `none`. One meaning for payloads, topics and folders. */

import { NONE } from '../../base/activities.ts';
import { nearestOf } from '../../base/nearest.ts';
import { SurfwatchError } from '../../errors.ts';
import { MAX_LABELS, MAX_NAME_LENGTH } from '../../messaging/label-payload.ts';
import { activityNamed, isActivityName } from './activity-names.ts';

/** Words of the published state that can be no activity. */
const RESERVED = new Set([NONE, 'unknown']);

/**
 * The activities that names stand for: in small letters, sorted, each once; empty for `none` or no name.
 *
 * @param known what may be named
 * @param options.allowNew whether a name that is not known is taken as that of a new activity
 * @throws SurfwatchError `label-malformed`, `label-activity-unknown` naming the nearest
 */
export function checkLabels(
  names: readonly string[],
  known: readonly string[],
  options: { readonly allowNew?: boolean } = {},
): string[] {
  if (names.length > MAX_LABELS) {
    throw malformed(`a label has at most ${MAX_LABELS} names, this one has ${names.length}`);
  }
  const labels = [...new Set(names.map(name => name.trim().toLowerCase()))].sort();
  if (labels.length === 1 && labels[0] === NONE) return [];
  if (labels.includes(NONE)) throw malformed('"none" stands alone, this one has activities beside it');
  for (const label of labels) checkName(label, known, options.allowNew === true);
  return labels;
}

/** The name of a folder that says these labels: `surfing+kitesurfing`, or `none`. */
export function labelsFolder(labels: readonly string[]): string {
  return labels.length === 0 ? NONE : labels.join('+');
}

function checkName(name: string, known: readonly string[], allowNew: boolean): void {
  if (known.includes(name)) return;
  if (allowNew && isActivityName(name) && name.length <= MAX_NAME_LENGTH && !RESERVED.has(name)) return;
  if (name === '') throw malformed('a name in it is empty');
  // Whatever was sent may be long and is repeated to whoever reads the answer.
  const short = name.slice(0, MAX_NAME_LENGTH);
  const meant = activityNamed(short, known);
  const nearest = meant !== undefined && known.includes(meant) ? meant : nearestOf(short, [...known, NONE]);
  const hint = nearest === undefined ? '' : `, did you mean "${nearest}"?`;
  const reason = allowNew
    ? `"${short}" can be no name of an activity: a-z, 0-9 and -, at most ${MAX_NAME_LENGTH} characters, not "constructor"`
    : `no activity "${short}"${hint} There are: ${[...known, NONE].join(', ')}`;
  throw new SurfwatchError(allowNew ? 'label-malformed' : 'label-activity-unknown', reason);
}

function malformed(reason: string): SurfwatchError {
  return new SurfwatchError('label-malformed', `the label: ${reason}`);
}
