/** The text of a config file as a tree: JSON with comments and trailing commas. */
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** No setting is in so many objects and lists; the parser calls itself for each, until the stack is full. */
const MOST_DEPTH = 32;

/** jsonc-parser's token kinds are a const enum, which cannot be imported. */
const TOKENS = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, end: 17 };

export interface SyntaxFault {
  readonly reason: string;
  readonly offset: number;
}

/** @returns what can be read of it, beside what is wrong; no root where nothing can */
export function parseConfig(text: string): {
  readonly root: Node | undefined;
  readonly faults: readonly SyntaxFault[];
} {
  const deep = tooDeepAt(text);
  if (deep !== null) {
    const reason = `objects and lists in more than ${MOST_DEPTH} others`;
    return { root: undefined, faults: [{ reason, offset: deep }] };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  return { root, faults: errors.map(({ error, offset }) => ({ reason: wordsOf(error), offset })) };
}

function tooDeepAt(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== TOKENS.end; token = scanner.scan()) {
    if (token === TOKENS.openBrace || token === TOKENS.openBracket) depth += 1;
    else if (token === TOKENS.closeBrace || token === TOKENS.closeBracket) depth -= 1;
    if (depth > MOST_DEPTH) return scanner.getTokenOffset();
  }
  return null;
}

function wordsOf(error: ParseError['error']): string {
  return printParseErrorCode(error)
    .replaceAll(/(?<=[a-z])[A-Z]/g, capital => ` ${capital}`)
    .toLowerCase();
}
