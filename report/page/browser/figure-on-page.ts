import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import type { PageFigure } from "../payload.ts";
import { shownValue } from "../shown-value.ts";
import { make, makeTable } from "./elements.ts";
import { showTooltip } from "./tooltip.ts";

/** Most rows of the table behind a figure; the CSV file beside the page has all. */
const mostRows = 400;

/** What is out of view is drawn when what is in view has been painted. */
const afterPaintMs = 50;

type Row = PageFigure["rows"][number];
type OpenRuns = (scenarios: readonly number[], what: string) => void;

/** What vega is given of a row: its cells, and which scenarios these are of. */
type Datum = Record<string, unknown>;

/** One figure of the page: it is drawn when somebody scrolls to it, and follows what is chosen. */
export class FigureOnPage {
  readonly holder: HTMLElement;
  readonly #openRuns: OpenRuns;
  readonly #observer: IntersectionObserver;
  #figure: PageFigure;
  #sets: readonly number[][];
  #rows: readonly Row[] = [];
  #view: View | undefined;
  #isNear = false;
  #isStale = true;

  constructor(holder: HTMLElement, figure: PageFigure, sets: readonly number[][], openRuns: OpenRuns) {
    this.holder = holder;
    this.#figure = figure;
    this.#sets = sets;
    this.#openRuns = openRuns;
    this.#observer = new IntersectionObserver(
      (entries) => {
        this.#isNear = entries.some(({ isIntersecting }) => isIntersecting);
        if (this.#isNear) this.drawNow();
      },
      { rootMargin: "300px" },
    );
    this.#observer.observe(holder);
    const behind = holder.parentElement?.querySelector<HTMLDetailsElement>("details.behind");
    behind?.addEventListener("toggle", () => this.#fillTable());
  }

  /** Takes what the figure has become. What is drawn stays until it is drawn anew, so that nothing moves on the page. */
  become(figure: PageFigure, sets: readonly number[][]): void {
    if (JSON.stringify(figure.spec) !== JSON.stringify(this.#figure.spec)) this.#forgetView();
    this.#figure = figure;
    this.#sets = sets;
  }

  /** Ends it: there is no such figure any more. */
  end(): void {
    this.#observer.disconnect();
    this.#forgetView();
  }

  #forgetView(): void {
    this.#view?.finalize();
    this.#view = undefined;
  }

  /**
   * Shows what rests on shown scenarios alone.
   * @param isShown by set of scenarios, whether all of it are shown
   * @param isChosen whether the reader chose them: then details are shown too
   */
  choose(isShown: readonly boolean[], isChosen: boolean): void {
    this.#rows = this.#figure.rows.filter(([set, detail]) => (isChosen || detail === 0) && isShown[Number(set)]);
    this.#isStale = true;
    if (this.#isInView()) this.drawNow();
    else if (this.#isNear) setTimeout(() => this.drawNow(), afterPaintMs);
    this.#fillTable();
  }

  #isInView(): boolean {
    const { top, bottom } = this.holder.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  /** Draws what is shown, where that has changed. */
  drawNow(): void {
    const { spec } = this.#figure;
    if (!this.#isStale || spec === null) return;
    this.#isStale = false;
    const picture = this.holder.querySelector<HTMLElement>(".picture");
    const nothing = this.holder.querySelector<HTMLElement>(".nothing");
    if (picture === null || nothing === null) return;
    nothing.hidden = this.#rows.length > 0;
    picture.hidden = this.#rows.length === 0;
    if (this.#rows.length === 0) return;
    this.#view ??= this.#makeView(picture);
    this.#view
      .data(
        "rows",
        this.#rows.map((row) => this.#datumOf(row)),
      )
      .run();
    this.holder.dataset.rows = String(this.#rows.length);
  }

  #makeView(picture: HTMLElement): View {
    picture.replaceChildren();
    const view = new View(parse(this.#figure.spec ?? {}, {}, { ast: true }), {
      renderer: "svg",
      container: picture,
      hover: true,
      expr: expressionInterpreter,
    });
    view.tooltip((_handler, event, _item, row) => showTooltip(event, this.#linesOf(row as Datum | null)));
    view.addEventListener("click", (_event, item) => {
      const datum = item?.datum as Datum | undefined;
      if (datum !== undefined && typeof datum.scenarioSet === "number") this.#open(datum.scenarioSet, datum);
    });
    return view;
  }

  /** What a mark says: heads with values. */
  #linesOf(row: Datum | null): [head: string, value: string][] {
    if (row === null || typeof row !== "object") return [];
    return this.#figure.fields.flatMap(({ name, head, isLong }): [string, string][] => {
      const value = shownValue(row[name]);
      return isLong || value === "" ? [] : [[head, value]];
    });
  }

  #datumOf(row: Row): Datum {
    const [scenarioSet, , ...cells] = row;
    return Object.fromEntries([...this.#figure.cells.map((name, i) => [name, cells[i]]), ["scenarioSet", scenarioSet]]);
  }

  #open(set: number, datum: Datum): void {
    const { fields } = this.#figure;
    const words = fields
      .slice(0, 3)
      .flatMap(({ name }) => (datum[name] === null || datum[name] === undefined ? [] : [shownValue(datum[name])]));
    this.#openRuns(this.#sets[set] ?? [], words.join(", "));
  }

  #fillTable(): void {
    const behind = this.holder.parentElement?.querySelector<HTMLDetailsElement>("details.behind");
    const place = behind?.querySelector(".scrolls");
    if (!behind?.open || !place) return;
    const { fields, title, name } = this.#figure;
    const rows = this.#rows.slice(0, mostRows).map((row) => {
      const datum = this.#datumOf(row);
      const button = make("button", { type: "button" }, "runs");
      button.addEventListener("click", () => this.#open(Number(datum.scenarioSet), datum));
      return [...fields.map((field) => shownValue(datum[field.name])), button];
    });
    const left = this.#rows.length - rows.length;
    place.replaceChildren(
      makeTable(title, [...fields.map(({ head }) => head), "runs behind it"], rows),
      ...(left > 0 ? [make("p", {}, `${left} more rows are in figures/${name}.csv`)] : []),
    );
  }
}
