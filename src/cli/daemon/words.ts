/** How the commands say what the daemon knows. */
import { counted } from '../../base/words.ts';

/** `2026-06-01 09:14:03`, in local time. */
export function localTime(date: Date): string {
  if (Number.isNaN(date.getTime())) return '–';
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * `surfing + kitesurfing`, `unknown (dark)`.
 *
 * @param paint colours the main one
 */
export function activityInWords(
  { activity, activities, visibility }: ActivityWords,
  paint: (text: string) => string = text => text,
): string {
  const also = activities.filter(one => one !== activity).map(one => `+ ${one}`);
  const reason = visibility === null || visibility === 'ok' ? [] : [`(${visibility})`];
  return [paint(activity), ...also, ...reason].join(' ');
}

interface ActivityWords {
  readonly activity: string;
  readonly activities: readonly string[];
  /** Null where it is not known. */
  readonly visibility: string | null;
}

/** `surfing + kitesurfing`, or `none`. */
export function labelsInWords(labels: readonly string[]): string {
  return labels.length === 0 ? 'none' : labels.join(' + ');
}

/** `, 4 riders and nobody else`, behind what they do. */
export function ridersInWords({
  riders,
  complete,
}: {
  readonly riders: readonly unknown[];
  readonly complete: boolean;
}): string {
  if (riders.length === 0) return '';
  return `, ${counted(riders.length, 'rider')}${complete ? ' and nobody else' : ''}`;
}

/** `surfing 12, none 30`. */
export function countsInWords(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return all.length === 0 ? 'none yet' : all.join(', ');
}

export function decimals(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}
