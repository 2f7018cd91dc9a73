import { type Chosen, chosenOf, fragmentOf, shownScenarioIndices } from "../chosen.ts";
import type { Payload } from "../payload.ts";
import { FigureOnPage } from "./figure-on-page.ts";
import { buildFilters, closeFiltersOutside, showChosen } from "./filters.ts";
import { RunsDialog } from "./runs-dialog.ts";

/** The data that a document has for scripts. */
export const payloadIn = (from: Document): Payload =>
  JSON.parse(from.getElementById("payload")?.textContent ?? "{}") as Payload;

/** What a page shows: its figures, and what of them is chosen. */
export class StudyOnPage {
  readonly #dialog: RunsDialog;
  readonly #figures = new Map<string, FigureOnPage>();
  #payload: Payload;

  constructor(payload: Payload) {
    this.#payload = payload;
    this.#dialog = new RunsDialog(payload);
    closeFiltersOutside();
    buildFilters(payload, (chosen) => this.#choose(chosen));
    this.#takeFigures();
    this.#show(new Map());
    this.followAddress();
  }

  /** Takes other data, when the page has the figures of it. What is chosen stays. */
  become(payload: Payload): void {
    const isSame = JSON.stringify(payload.factors) === JSON.stringify(this.#payload.factors);
    this.#payload = payload;
    this.#dialog.become(payload);
    if (!isSame) buildFilters(payload, (chosen) => this.#choose(chosen));
    this.#takeFigures();
    this.#show(chosenOf(location.hash, payload.factors));
  }

  /** Draws all that nobody has scrolled to. */
  drawAll(): void {
    for (const figure of this.#figures.values()) figure.drawNow();
  }

  /** The address is what is true: choosing changes it, and what is shown follows it. */
  followAddress(): void {
    // The name of a part of the page chooses nothing.
    if (location.hash !== "" && !location.hash.includes("=")) return;
    this.#show(chosenOf(location.hash, this.#payload.factors));
  }

  #choose(chosen: Chosen): void {
    const fragment = fragmentOf(chosen);
    history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
    this.#show(chosen);
  }

  #show(chosen: Chosen): void {
    const scenarios = shownScenarioIndices(this.#payload.scenarios, chosen);
    showChosen(this.#payload, chosen, scenarios.size);
    const isShown = this.#payload.sets.map((set) => set.every((index) => scenarios.has(index)));
    for (const figure of this.#figures.values()) figure.choose(isShown, chosen.size > 0);
  }

  #takeFigures(): void {
    const { figures, sets } = this.#payload;
    const gone = new Set(this.#figures.keys());
    for (const figure of figures) {
      gone.delete(figure.name);
      const known = this.#figures.get(figure.name);
      const holder = document.getElementById(`figure-${figure.name}`);
      if (known && known.holder === holder) {
        known.become(figure, sets);
        continue;
      }
      known?.end();
      if (holder)
        this.#figures.set(
          figure.name,
          new FigureOnPage(holder, figure, sets, (scenarios, what) => this.#dialog.open(scenarios, what)),
        );
    }
    for (const name of gone) {
      this.#figures.get(name)?.end();
      this.#figures.delete(name);
    }
  }
}
