/** Figures as people read them. Percent signs stay on the line of their number. */

/** From here on one picture is half a point or less, and a decimal says something. */
const DECIMAL_FROM = 200;

/**
 * `91.4 %`, or `91 %` where fewer than 200 pictures were counted.
 *
 * @param share 0..1; a dash for null
 */
export function percent(share: number | null | undefined, pictures = DECIMAL_FROM): string {
  return share === null || share === undefined ? '–' : `${points(share, pictures)}\u{a0}%`;
}

/** `88.0–94.1 %` */
export function range([low, high]: Interval, pictures = DECIMAL_FROM): string {
  return `${points(low, pictures)}–${points(high, pictures)}\u{a0}%`;
}

function points(share: number, pictures: number): string {
  return (100 * share).toFixed(pictures < DECIMAL_FROM ? 0 : 1);
}

/** `1,234` */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 photo`, `12 photos` */
export function counted(number: number, singular: string, plural = `${singular}s`): string {
  return `${count(number)} ${number === 1 ? singular : plural}`;
}

/** `8.2 s`, `3 min 12 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `2026-11-23 15:21 UTC` */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `a`, `a and b`, `a, b and c` */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** 95 % bootstrap interval over whole groups. */
export type Interval = readonly [low: number, high: number];
