import { pictureOf } from "../testbed/layout.ts";
import { type RecordedScenario, type SharedTestbed, sharedTestbeds } from "../testbed/recorded.ts";
import { svgOfTestbed } from "../testbed/svg.ts";
import { type Html, html } from "./html.ts";

const testbedHtml = ({ testbed, scenarios }: SharedTestbed, isFirst: boolean): Html =>
  html`<details class="testbed" ${isFirst ? html`open` : null}><summary>${testbed.title}</summary>
<div class="scrolls" tabindex="0" role="region" aria-label="drawing of: ${testbed.title}">${svgOfTestbed(pictureOf(testbed))}</div>
<p class="drawn-scenarios">Scenarios: ${scenarios.map((name, i) => html`${i > 0 ? ", " : null}<code>${name}</code>`)}</p></details>\n`;

/** The testbeds of the scenarios, drawn (Figs. 1, 2 and 4); nothing where there is no scenario. */
export function testbedsHtml(scenarios: readonly RecordedScenario[]): Html | null {
  const { shared, unknown } = sharedTestbeds(scenarios);
  if (shared.length + unknown.length === 0) return null;
  const notes = [
    "each is drawn once, of what manifests record of its scenarios; they do not record the ports of the servers",
    ...(unknown.length > 0
      ? [`not drawn, because a driver is none that this testbed knows: ${unknown.join(", ")}`]
      : []),
  ];
  return html`<section id="testbeds" class="table"><h3>Testbeds (Figs. 1, 2 and 4)</h3>
${shared.map((one, i) => testbedHtml(one, i === 0))}<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></section>\n`;
}
