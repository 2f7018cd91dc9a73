import { type Chosen, chosenOf, fragmentOf, shownScenarioIndices } from "../chosen.ts";
import type { Payload } from "../payload.ts";
import { FigureOnPage } from "./figure-on-page.ts";
import { buildFilters, showChosen } from "./filters.ts";
import { RunsDialog } from "./runs-dialog.ts";
import { setUpTheme } from "./theme-switch.ts";

const element = document.getElementById("payload");
const payload = JSON.parse(element?.textContent ?? "{}") as Payload;
const dialog = new RunsDialog(payload);
const figures = payload.figures.flatMap((figure) => {
  const holder = document.getElementById(`figure-${figure.name}`);
  return holder === null
    ? []
    : [new FigureOnPage(holder, figure, payload.sets, (scenarios, what) => dialog.open(scenarios, what))];
});

function show(chosen: Chosen): void {
  const scenarios = shownScenarioIndices(payload.scenarios, chosen);
  showChosen(payload, chosen, scenarios.size);
  const isShown = payload.sets.map((set) => set.every((index) => scenarios.has(index)));
  for (const figure of figures) figure.choose(isShown, chosen.size > 0);
}

/** The address is what is true: choosing changes it, and what is shown follows it. */
function followAddress(): void {
  // The name of a part of the page chooses nothing.
  if (location.hash !== "" && !location.hash.includes("=")) return;
  show(chosenOf(location.hash, payload.factors));
}

buildFilters(payload, (chosen) => {
  const fragment = fragmentOf(chosen);
  history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
  show(chosen);
});
setUpTheme();
addEventListener("hashchange", followAddress);
// What is printed is the whole page, also what nobody has scrolled to.
addEventListener("beforeprint", () => {
  for (const figure of figures) figure.drawNow();
});
for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-section]"))
  link.addEventListener("click", (event) => {
    // The address keeps what is chosen.
    event.preventDefault();
    document.querySelector(link.hash)?.scrollIntoView();
  });
show(new Map());
followAddress();
document.documentElement.dataset.ready = "true";
