/** The names of class folders: `surfing`, `surfing+kitesurfing` for several at once, `none` for no activity. */

/** No activity: the name of a folder, of a label and of a published state, never of an output. */
export const NONE = 'none';

/** The activities in a folder's name; empty for `none`. */
export function activitiesOf(folder: string): string[] {
  return folder === NONE ? [] : folder.split('+');
}

/** One number an activity, 1 where it is named. */
export function labelVector(names: readonly string[], activities: readonly string[]): number[] {
  return activities.map(activity => (names.includes(activity) ? 1 : 0));
}

/** Each activity once: the three everybody has first, in their usual order, then others by name. */
export function labelsInOrder(names: readonly string[]): string[] {
  const usual = ['surfing', 'windsurfing', 'kitesurfing'];
  const others = [...new Set(names)].filter(name => !usual.includes(name)).sort();
  return [...usual.filter(name => names.includes(name)), ...others];
}
