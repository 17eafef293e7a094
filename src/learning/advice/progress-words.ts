/** What labels brought, as a person would say it. */
import { counted, percent as exactPercent } from '../../base/words.ts';
import type { ActivityProgress, Expected, Gain } from './progress.ts';

/** From this change on it is more than chance and rounding. */
const CHANGE = 0.005;

export function progressSentence(
  name: string,
  { labels, waiting, brought, tenMore, reason }: Omit<ActivityProgress, 'sentence'>,
): string {
  const parts = [
    `${counted(labels, 'label')} of ${name}${waiting > 0 ? `, ${waiting} of them not learnt yet` : ''}.`,
    ...(brought === null ? [] : [broughtSentence(brought)]),
    ...(tenMore === null ? [] : [moreSentence(tenMore)]),
    ...(reason === null
      ? []
      : [`${brought === null ? 'What they brought' : 'What ten more would bring'} is unknown: ${reason}.`]),
  ];
  return parts.join(' ');
}

function broughtSentence({ before, now, gain, judged }: Gain): string {
  const found = `${percent(now)} of it is found in ${counted(judged, 'held-back frame')}, and ${percent(before)} was by the first head`;
  if (Math.abs(gain) < CHANGE) return `${found}: no change.`;
  return `${found}: labels ${gain > 0 ? 'brought' : 'cost'} ${points(gain)}.`;
}

function moreSentence({ recall, low, high }: Expected): string {
  return `With ten more it would likely be ${percent(recall)} (${percent(low)} to ${percent(high)}).`;
}

function points(change: number): string {
  const rounded = Math.round(Math.abs(change) * 100);
  return `${rounded} ${rounded === 1 ? 'point' : 'points'}`;
}

function percent(share: number): string {
  return exactPercent(share, 100);
}
