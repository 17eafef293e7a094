/** Plain tables for a terminal or a pipe. */
import Table from 'cli-table3';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table without lines, its columns wrapped to the terminal's width, or as wide as they need where there is none. */
export function printTable(head: string[], rows: string[][]): void {
  const widths = process.stdout.isTTY ? columnWidths([head, ...rows], process.stdout.columns) : [];
  const table = new Table({
    head,
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    wordWrap: widths.length > 0,
    colWidths: widths,
  });
  table.push(...rows);
  console.log(table.toString().replaceAll(/ +$/gm, ''));
}

const NARROWEST = 24;

/** Each column as wide as its longest cell, up to a third of the terminal; the last takes the rest. */
function columnWidths(rows: string[][], terminal: number): number[] {
  const longest = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const widths = longest.slice(0, -1).map(length => Math.min(length, Math.floor(terminal / 3)));
  const used = widths.reduce((sum, width) => sum + width + 2, 0);
  return [...widths, Math.max(NARROWEST, terminal - used)];
}
