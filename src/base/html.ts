/** HTML from templates in which whatever is filled in is escaped. Serves SVG and XML as well. */
import { createHash } from 'node:crypto';

/** Markup that is safe to insert as it is. Made by {@link html} and {@link trusted} alone. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What a template takes: text (escaped), markup, lists of both, and nothing at all for what is absent. */
export type Filling = string | number | boolean | Html | null | undefined | readonly Filling[];

/**
 * ```ts
 * html`<p title="${title}">${lines.map(line => html`<b>${line}</b>`)}</p>`.toString();
 * ```
 * Attributes must be quoted; the text of scripts and styles comes from {@link trusted}, since escapes mean nothing there.
 */
export function html(parts: TemplateStringsArray, ...fillings: readonly Filling[]): Html {
  return new Html(parts.reduce((markup, part, index) => `${markup}${markupOf(fillings[index - 1])}${part}`));
}

/** Takes markup as it is: a style sheet or a script. Never what a file or user says. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

export interface Page {
  readonly title: string;
  readonly style: string;
  readonly script?: string;
  readonly body: Filling;
}

/** A self-contained page: its policy lets nothing be loaded from elsewhere. */
export function htmlPage({ title, style, script, body }: Page): Html {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const scripts = script === undefined ? '' : ` script-src ${hash(script)};`;
  const policy = `default-src 'none'; img-src data:; style-src ${hash(style)};${scripts} base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
${
  script !== undefined &&
  html`<script>${trusted(script)}</script>
`
}</body>
</html>
`;
}

/** Text for element content and quoted attributes; characters that XML forbids are replaced by U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(FORBIDDEN, '\u{fffd}')
    .replaceAll(/[&<>"']/g, character => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** XML 1.0, production 2 (Char), negated: lone surrogates are among them. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function markupOf(filling: Filling): string {
  if (filling === null || filling === undefined || typeof filling === 'boolean') return '';
  if (filling instanceof Html) return filling.toString();
  if (typeof filling === 'string' || typeof filling === 'number') return escapeHtml(String(filling));
  return filling.map(markupOf).join('');
}
