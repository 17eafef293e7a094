/** The frame of the report's page, and the policy that keeps it self-contained. */
import { createHash } from 'node:crypto';
import { type Filling, type Html, html, trusted } from '../../base/html.ts';
import { STYLE } from './style.ts';

export function pageHtml(title: string, content: readonly Filling[]): Html {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${content}</main>
</body>
</html>
`;
}
