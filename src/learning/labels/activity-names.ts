/** What the classes of other people's datasets are called, and what a misspelt name may have meant. */
import { closestMatch, default as leven } from 'leven';
import { NONE } from '../../base/activities.ts';
import { isInherited } from '../../base/inherited.ts';

/** The activities everybody has. */
const USUAL_ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'] as const;

/** Names of riders and of their sports, written in small letters and without spaces, hyphens or underscores. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  surfing: ['surf', 'surfer', 'surfers', 'wavesurfer', 'wavesurfing'],
  windsurfing: ['windsurf', 'windsurfer', 'windsurfers', 'sailboarder', 'sailboarding'],
  kitesurfing: [
    'kitesurf',
    'kitesurfer',
    'kitesurfers',
    'kiteboard',
    'kiteboarder',
    'kiteboarders',
    'kiteboarding',
    'kiter',
  ],
};

/**
 * The activity that the class of a dataset stands for: its own name, or one that is known to mean the same. Undefined
 * where it is none, as `person`, `boat` and `kite` (which may be a toy) are.
 *
 * @param activities names that stand for themselves
 */
export function activityNamed(
  name: string,
  activities: readonly string[] = USUAL_ACTIVITIES,
): string | undefined {
  if (activities.includes(name)) return name;
  const plain = plainly(name);
  const known = [...activities, ...USUAL_ACTIVITIES];
  return (
    known.find(activity => plainly(activity) === plain) ??
    Object.keys(SYNONYMS).find(activity => SYNONYMS[activity]?.includes(plain))
  );
}

const ACTIVITY = /^[a-z0-9-]+$/;

/** Whether it can be the name of an activity: `a-z 0-9 -` only, as it becomes part of a topic; see {@link isInherited}. */
export function isActivityName(name: string): boolean {
  return ACTIVITY.test(name) && !isInherited(name);
}

/** Folders of datasets that are not sorted into classes, or only one level deeper. */
const OTHER_LAYOUT = /^(frames|images|labels|annotations|train|valid|val|validation|test)$/;

/** Why a folder's name is no class, or undefined where it is one. */
export function classNameFault(folder: string): string | undefined {
  const parts = folder.split('+');
  if (OTHER_LAYOUT.test(folder))
    return 'it belongs to another layout, and names nothing that is in the pictures';
  if (parts.some(isInherited)) return 'every object of JavaScript has something of that name';
  if (!parts.every(isActivityName)) {
    return 'the name of a class has only a-z, 0-9 and -, with + between activities';
  }
  if (parts.length > 1 && parts.includes(NONE)) return '“none” can’t be together with an activity';
  return new Set(parts).size < parts.length ? 'it names an activity twice' : undefined;
}

/** Names this far from a known one (Levenshtein) are more likely misspelt than new. */
const MISSPELT = 2;

/** The class a folder's name may have meant; undefined where it is known, or like none. */
export function meantClass(folder: string): string | undefined {
  const meant = folder.split('+').map(part => {
    const known = [...USUAL_ACTIVITIES, NONE];
    if (known.some(name => name === part)) return part;
    const same = activityNamed(part);
    if (same !== undefined) return same;
    const nearest = closestMatch(part.toLowerCase(), known);
    return nearest !== undefined && leven(part.toLowerCase(), nearest) <= MISSPELT ? nearest : part;
  });
  const name = meant.join('+');
  return name === folder || classNameFault(name) !== undefined ? undefined : name;
}

/** The activity that the name of a box may have meant; undefined where it is like none. */
export function meantActivity(name: string): string | undefined {
  const known = [...USUAL_ACTIVITIES, ...Object.values(SYNONYMS).flat()];
  const nearest = closestMatch(plainly(name), known);
  if (nearest === undefined || nearest.length <= 2 * MISSPELT || leven(plainly(name), nearest) > MISSPELT)
    return undefined;
  return activityNamed(nearest);
}

function plainly(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}
