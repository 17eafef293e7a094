/** Tables that scroll by themselves where the page is too narrow. */
import { type Filling, type Html, html } from '../../base/html.ts';

export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell names the row; the others are figures. */
  readonly rows: readonly (readonly Filling[])[];
}

export function tableHtml({ caption, columns, rows }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([
    first,
    ...cells
  ]) => html`<tr><th scope="row">${first}</th>${cells.map(cell => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>
`;
}
