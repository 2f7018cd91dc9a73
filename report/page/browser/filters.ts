import { type Chosen, type FactorValue, wordsOfValue } from "../chosen.ts";
import type { Payload } from "../payload.ts";
import { make } from "./elements.ts";

type Factor = Payload["factors"][number];

const holder = () => document.getElementById("filters");
const boxesOf = (column: string): HTMLInputElement[] => [
  ...(holder()?.querySelectorAll<HTMLInputElement>(`input[data-column="${CSS.escape(column)}"]`) ?? []),
];

function readChosen({ factors }: Payload): Chosen {
  const chosen = new Map<string, ReadonlySet<FactorValue>>();
  for (const { column, values } of factors) {
    const checked = boxesOf(column).map(({ checked }) => checked);
    const picked = values.filter((_, i) => checked[i]);
    if (picked.length > 0 && picked.length < values.length) chosen.set(column, new Set(picked));
  }
  return chosen;
}

function makeFactor({ column, head, values }: Factor, changed: () => void): HTMLElement {
  const boxes = values.map((value, i) => {
    const box = make("input", { type: "checkbox", "data-column": column, id: `${column}-${i}` });
    box.addEventListener("change", changed);
    return make("label", { for: `${column}-${i}` }, box, ` ${wordsOfValue(value)}`);
  });
  const details = make(
    "details",
    { class: "factor", "data-column": column },
    make("summary", {}, make("span", {}, head), ": ", make("b", { class: "picked" }, "all")),
    make("fieldset", {}, make("legend", { class: "unseen" }, head), ...boxes),
  );
  // One list at a time: the lists lie over the page.
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    for (const other of document.querySelectorAll<HTMLDetailsElement>("details.factor"))
      if (other !== details) other.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    details.open = false;
    details.querySelector("summary")?.focus();
  });
  return details;
}

/** Puts a list of boxes for each factor into the bar, in place of those of before. @param choose is called with what is chosen, when that changes */
export function buildFilters(payload: Payload, choose: (chosen: Chosen) => void): void {
  const bar = holder();
  if (bar === null) return;
  const changed = () => choose(readChosen(payload));
  const clear = make("button", { type: "button", id: "clear" }, "show all");
  clear.addEventListener("click", () => choose(new Map()));
  bar.replaceChildren(
    ...payload.factors.map((factor) => makeFactor(factor, changed)),
    make("span", { id: "shown", role: "status" }),
    clear,
  );
}

/** Closes the lists of boxes when somebody clicks beside them. */
export function closeFiltersOutside(): void {
  document.addEventListener("click", ({ target }) => {
    const bar = holder();
    if (bar === null || (target instanceof Node && bar.contains(target))) return;
    for (const details of bar.querySelectorAll("details")) details.open = false;
  });
}

/** Shows in the bar what is chosen. */
export function showChosen({ factors, scenarios }: Payload, chosen: Chosen, shown: number): void {
  for (const { column, values } of factors) {
    const picked = chosen.get(column);
    for (const [i, box] of boxesOf(column).entries()) box.checked = picked?.has(values[i] ?? null) ?? false;
    const words = holder()?.querySelector(`details[data-column="${CSS.escape(column)}"] .picked`);
    if (words) words.textContent = picked === undefined ? "all" : [...picked].map(wordsOfValue).join(", ");
  }
  const status = document.getElementById("shown");
  if (status)
    status.textContent =
      shown === scenarios.length ? `all ${scenarios.length} scenarios` : `${shown} of ${scenarios.length} scenarios`;
  const clear = document.getElementById("clear");
  if (clear) clear.hidden = chosen.size === 0;
}
