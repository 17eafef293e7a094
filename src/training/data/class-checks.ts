/** Checks of what there is of each class, once unusable files are gone. */

import { labelsInOrder, NONE } from '../../base/activities.ts';
import { classNameFault, meantClass } from '../../learning/labels/activity-names.ts';
import type { Finding } from './findings.ts';

export interface ClassMember {
  /** Activities in a photo, or of the riders of a frame; empty for none. */
  readonly activities: readonly string[];
  readonly group: string;
  /** A frame gives tiles without riders too. */
  readonly frame: boolean;
}

/** Fewer pictures than this teach nothing, and tell nothing when they are held out. */
const FEWEST = 10;
/** One group to learn from and one to measure with. */
const FEWEST_GROUPS = 2;
const MOST_TIMES = 10;

/** What a folder's name says about its files. */
export function checkFolderName(folder: string, files: readonly string[]): Finding | undefined {
  const meant = meantClass(folder);
  const question = meant === undefined ? '' : `; did you mean “${meant}”?`;
  const fault = classNameFault(folder);
  if (fault !== undefined) {
    const message = `“${folder}” is no class: ${fault}${question}`;
    return { kind: 'not-a-class', files, message, leftOut: files };
  }
  if (meant === undefined) return undefined;
  const message = `“${folder}” is taken for an activity of its own${question}`;
  return { kind: 'not-a-class', files, message, leftOut: [] };
}

/** Too few pictures or groups of an activity or of none, and one that has very many more than another. */
export function checkClasses(members: readonly ClassMember[]): Finding[] {
  const activities = labelsInOrder(members.flatMap(member => member.activities));
  const counts = [...activities, NONE].map(name => {
    const with_ = members.filter(member => belongs(member, name));
    return { name, pictures: with_.length, groups: new Set(with_.map(member => member.group)).size };
  });
  const findings: Finding[] = [];
  for (const { name, pictures, groups } of counts) {
    if (pictures < FEWEST) {
      findings.push(whole('too-few', `${name}: fewer than ${FEWEST} pictures (${pictures})`));
    } else if (groups < FEWEST_GROUPS) {
      findings.push(whole('too-few', `${name}: all from one group, so that none can be held out`));
    }
  }
  const present = counts.filter(({ pictures }) => pictures > 0).sort((a, b) => a.pictures - b.pictures);
  const [least, most] = [present[0], present.at(-1)];
  if (least !== undefined && most !== undefined && most.pictures > MOST_TIMES * least.pictures) {
    const times = Math.round(most.pictures / least.pictures);
    const message = `${most.name} has ${most.pictures} pictures, ${least.name} ${least.pictures}: ${times} times as many`;
    findings.push(whole('imbalance', message));
  }
  return findings;
}

function belongs({ activities, frame }: ClassMember, name: string): boolean {
  return name === NONE ? frame || activities.length === 0 : activities.includes(name);
}

function whole(kind: 'too-few' | 'imbalance', message: string): Finding {
  return { kind, files: [], message, leftOut: [] };
}
