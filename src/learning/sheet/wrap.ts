/** Breaks text into lines where the drawing cannot do it by itself. */

/**
 * Lines of at most `width` characters, broken at spaces, or within a word that is too long for one. The last of `most`
 * lines ends in an ellipsis where text is left.
 */
export function wrapped(text: string, width: number, most: number): string[] {
  const lines = text.split('\n').flatMap(line => breakLine(line, width));
  if (lines.length <= most) return lines;
  const last = [...(lines[most - 1] ?? '')].slice(0, width - 1).join('');
  return [...lines.slice(0, most - 1), `${last}…`];
}

function breakLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let present = '';
  for (const word of line
    .split(/[ \t\r]+/)
    .filter(part => part !== '')
    .flatMap(word => pieces(word, width))) {
    const longer = present === '' ? word : `${present} ${word}`;
    if ([...longer].length <= width) {
      present = longer;
    } else {
      lines.push(present);
      present = word;
    }
  }
  return present === '' ? lines : [...lines, present];
}

/** By code points, so that no surrogate pair is cut in two. */
function pieces(word: string, width: number): string[] {
  const characters = [...word];
  const parts: string[] = [];
  for (let start = 0; start < characters.length; start += width) {
    parts.push(characters.slice(start, start + width).join(''));
  }
  return parts;
}
