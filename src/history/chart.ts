/** Charts of the history for a terminal. */

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const SHADES = ['·', '░', '▒', '▓', '█'];

/** A bar of blocks; a share above 0 shows at least the thinnest. */
export function bar(share: number, width: number): string {
  const eighths = share <= 0 ? 0 : Math.max(1, Math.round(Math.min(1, share) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** One sign for a share of 0 to 1: `·` for none, `█` for the most. Null, for what was not watched, is a space. */
export function shade(share: number | null): string {
  if (share === null) return ' ';
  if (share <= 0) return SHADES[0] ?? '';
  return SHADES[Math.min(SHADES.length - 1, Math.ceil(share * (SHADES.length - 1)))] ?? '';
}
