import type { PlainTable, TableCell } from "../../measure/analysis/print/table.ts";
import { type Html, html } from "./html.ts";

const isNumber = (cell: TableCell) =>
  typeof cell === "number" || (typeof cell === "string" && /^[-<]?\s?\d[\d.e+-]*$/.test(cell));

/** A text with a word that would make its column wide. */
const isLong = (text: string) => /\S{30}/.test(text);

const cellOf = (cell: TableCell, isFirst: boolean): Html => {
  const text = cell === null ? "" : String(cell);
  if (isFirst && text !== "") return html`<th scope="row" class="${isLong(text) ? "long" : ""}">${text}</th>`;
  return html`<td class="${isNumber(cell) ? "number" : isLong(text) ? "long" : ""}">${text}</td>`;
};

/** A table for people; wide ones are scrolled by themselves, also by keyboard. */
export function tableHtml({ title, head, rows, notes = [] }: PlainTable, id: string): Html {
  const body =
    rows.length === 0
      ? html`<p>Nothing to show.</p>`
      : html`<div class="scrolls" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${head.map((name) => (name === "" ? html`<td></td>` : html`<th scope="col">${name}</th>`))}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => cellOf(cell, i === 0))}</tr>\n`)}</tbody>
</table></div>`;
  return html`<section id="${id}" class="table"><h3>${title}</h3>
${body}
${notes.length > 0 ? html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : null}</section>\n`;
}
