import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlainTable } from "../../measure/analysis/print/table.ts";
import type { Drawing } from "../figures/drawing.ts";
import { figureKinds, pageMark } from "../written-before.ts";
import type { Answer } from "./answer.ts";
import { bundleScript, hashOf } from "./bundle.ts";
import { Html, html, jsonIn } from "./html.ts";
import type { Payload } from "./payload.ts";
import { tableHtml } from "./tables.ts";

/** What a page is made of. */
export interface PageContent {
  title: string;
  /** What was measured, a sentence each. */
  facts: readonly string[];
  /** What figures of such servers say of themselves; null for real ones. */
  label: string | null;
  answer: Answer;
  /** What a reader should know before any number. */
  notes: readonly string[];
  drawings: readonly Drawing[];
  tables: readonly PlainTable[];
  /** The testbeds of its scenarios, drawn; null where there are none. */
  testbeds: Html | null;
  payload: Payload;
}

const slug = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

function figureHtml({ name, title, caption, missing, spec }: Drawing, label: string | null): Html {
  const files = figureKinds.map((kind) => html`<a href="figures/${name}.${kind}">${kind}</a> `);
  return html`<figure id="${name}">
<div id="figure-${name}" class="drawn" role="img" aria-label="${title}; the table behind the figure has its numbers">
<div class="picture" aria-hidden="true"></div>
<p class="nothing" ${spec === null ? null : new Html("hidden")}>${spec === null ? `${title}: nothing to draw` : `${title}: nothing of it rests on the chosen scenarios alone`}</p></div>
<figcaption>${label === null ? null : html`<strong>${label}.</strong> `}${caption.join(" ")}
${missing.length > 0 ? html`<ul class="notes">${missing.map((line) => html`<li>${line}</li>`)}</ul>` : null}
Files: ${files}</figcaption>
<details class="behind"><summary>Table behind the figure: ${title}</summary><div class="scrolls" tabindex="0" role="region" aria-label="numbers of: ${title}"></div></details>
</figure>\n`;
}

function headHtml(title: string, styles: string, script: string, isServed: boolean): Html {
  const asks = isServed ? "connect-src 'self'; " : "";
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; ${asks}script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
  return html`<meta charset="utf-8">
${new Html(pageMark)}
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(styles)}</style>`;
}

function bodyHtml({ title, facts, label, answer, notes, drawings, tables, testbeds }: PageContent): Html {
  const [first, ...others] = drawings;
  return html`<header><h1>${title}</h1>
${facts.map((fact) => html`<p class="facts">${fact}</p>`)}
${label === null ? null : html`<strong class="label">${label}</strong>`}
<nav aria-label="On this page"><ul>${[
    ["answer", "The answer"],
    ["figures", "Figures"],
    ["tables", "Tables"],
    ["about", "About this page"],
  ].map(([id, text]) => html`<li><a href="#${id ?? ""}" data-section>${text ?? ""}</a></li>`)}</ul></nav></header>
<div id="bar" role="region" aria-label="Choose scenarios"><div id="filters"></div><button type="button" id="theme">dark page</button></div>
<noscript><p class="label">Without scripts this page shows its tables; the figures are in the folder figures beside it.</p></noscript>
<main>
<section id="answer"><h2>What the data decide</h2>
${answer.summary}
${first === undefined ? null : figureHtml(first, label)}
${answer.table}
${notes.length > 0 ? html`<h3>Before you read a number</h3><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : null}</section>
<section id="figures"><h2>Figures</h2>${others.map((drawing) => figureHtml(drawing, label))}</section>
<section id="tables"><h2>Tables</h2>${tables.map((table) => tableHtml(table, slug(table.title)))}${testbeds}</section>
<section id="about"><h2>About this page</h2>
<p>Everything on it was computed when it was written; choosing scenarios hides what rests on others, and computes nothing. Each figure lies in the
folder figures beside this page as SVG, PNG, CSV and Vega-Lite specification. Colours of drivers are Okabe and Ito's palette. What is chosen stands in the address.</p></section>
</main>`;
}

const styleFiles = ["layout.css", "tables.css", "colours.css"];

async function readStyles(): Promise<string> {
  const texts = await Promise.all(styleFiles.map((name) => readFile(join(import.meta.dirname, name), "utf8")));
  return texts.join("\n");
}

/**
 * The page as one file, which needs no other and no network.
 * @param version of a page that is served: it asks where it is from for news, and follows the runs
 */
export async function pageOf(content: PageContent, version?: string): Promise<string> {
  const [styles, script] = await Promise.all([readStyles(), bundleScript()]);
  return html`<!doctype html>
<html lang="en"><head>${headHtml(content.title, styles, script, version !== undefined)}</head>
<body>
${version === undefined ? null : html`<div id="live" data-version="${version}" role="status" aria-label="What is being measured"></div>`}
${bodyHtml(content)}
${jsonIn("payload", content.payload)}
<script>${new Html(script)}</script>
</body></html>\n`.text;
}
