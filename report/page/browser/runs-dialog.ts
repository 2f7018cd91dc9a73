import { neighboursOf, wordsOfValue } from "../chosen.ts";
import type { PageRun, Payload } from "../payload.ts";
import { shownValue } from "../shown-value.ts";
import { make, makeTable } from "./elements.ts";

const mostScenarios = 8;
const mostNeighbours = 4;

/** Shows the runs behind a mark: where their files lie, what they measured, and how their scenario differs from those next to it. */
export class RunsDialog {
  #payload: Payload;
  readonly #dialog: HTMLDialogElement;
  readonly #content: HTMLElement;

  constructor(payload: Payload) {
    this.#payload = payload;
    this.#content = make("div", { class: "runs", tabindex: "0", role: "region", "aria-label": "runs" });
    const close = make("button", { type: "button" }, "close");
    this.#dialog = make("dialog", { id: "runs", "aria-labelledby": "runs-title" }, close, this.#content);
    close.addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    document.body.append(this.#dialog);
  }

  /** Takes other data for what is opened next; what is open stays. */
  become(payload: Payload): void {
    this.#payload = payload;
  }

  /** @param what the mark, in words */
  open(scenarios: readonly number[], what: string): void {
    const left = scenarios.length - mostScenarios;
    this.#content.replaceChildren(
      make("h2", { id: "runs-title" }, `Runs behind: ${what}`),
      ...scenarios.slice(0, mostScenarios).flatMap((index) => this.#scenario(index)),
      ...(left > 0 ? [make("p", {}, `${left} more scenarios: choose some in the bar to see them`)] : []),
    );
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#content.scrollTop = 0;
  }

  #scenario(index: number): Node[] {
    const scenario = this.#payload.scenarios[index];
    if (scenario === undefined) return [];
    const { runHeads, directory } = this.#payload;
    const cells = (run: PageRun) => [
      make("code", {}, `${directory}/${run.folder}`),
      run.started,
      `${run.replicate} / ${run.run}`,
      `${run.received} of ${run.transmitted}`,
      ...run.values.map((value) => shownValue(value) || "unavailable"),
    ];
    const heads = ["folder with manifest.json and raw files", "started", "replicate / run", "replies", ...runHeads];
    return [
      make("h3", {}, scenario.name),
      make("p", {}, "SHA-256 of its factors: ", make("code", {}, scenario.sha256)),
      this.#factors(scenario.factors),
      make(
        "div",
        { class: "scrolls", tabindex: "0", role: "region", "aria-label": `runs of ${scenario.name}` },
        makeTable("Runs", heads, scenario.runs.map(cells)),
      ),
      ...this.#neighbours(index),
    ];
  }

  #factors(factors: Payload["scenarios"][number]["factors"]): Node {
    const lines = Object.entries(factors).flatMap(([column, value]) =>
      value === null ? [] : [make("dt", {}, column), make("dd", {}, shownValue(value))],
    );
    return make(
      "details",
      {},
      make("summary", {}, "its factors, as manifest.json has them"),
      make("dl", { class: "factors" }, ...lines),
    );
  }

  #neighbours(index: number): Node[] {
    const found = neighboursOf(this.#payload.scenarios, index, mostNeighbours);
    if (found.length === 0) return [];
    return [
      make("h4", {}, "Scenarios next to it"),
      make(
        "ul",
        {},
        ...found.map(({ index: other, differences }) => {
          const words = differences.map(
            ({ column, here, there }) => `${column}: ${wordsOfValue(here)} → ${wordsOfValue(there)}`,
          );
          return make("li", {}, make("b", {}, this.#payload.scenarios[other]?.name ?? ""), ` ${words.join("; ")}`);
        }),
      ),
    ];
  }
}
