import { type News, newsPath } from "../../serve/news.ts";
import { make } from "./elements.ts";
import { payloadIn, type StudyOnPage } from "./study-on-page.ts";

/** What on a page has a place of its own, by which the reader's place is found again. */
const places = "figure[id], section[id]";

/** Does something to the page, and leaves what the reader looks at where it is on the screen. */
function withoutMoving(change: () => void): void {
  const place = [...document.querySelectorAll<HTMLElement>(places)].findLast(
    (each) => each.getBoundingClientRect().top <= innerHeight / 3,
  );
  const before = place?.getBoundingClientRect().top ?? 0;
  change();
  const same = place?.id ? document.getElementById(place.id) : null;
  if (same !== null) scrollBy({ top: same.getBoundingClientRect().top - before, behavior: "instant" });
}

/** Puts the parts of a page that have not changed, or that are alive, into another one in place of its own. */
function keepParts(here: HTMLElement, there: HTMLElement): void {
  for (const section of there.querySelectorAll("section.table[id]")) {
    const known = here.querySelector(`#${CSS.escape(section.id)}`);
    for (const [i, details] of section.querySelectorAll("details").entries())
      details.open = known?.querySelectorAll("details")[i]?.open ?? details.open;
    if (known?.isEqualNode(section)) section.replaceWith(known);
  }
  for (const figure of there.querySelectorAll("figure[id]")) {
    const known = here.querySelector(`#${CSS.escape(figure.id)}`);
    // It has the title, and tells one that can be drawn from one that cannot.
    const wordsOf = (one: Element) => one.querySelector(".nothing")?.textContent;
    if (known === null || wordsOf(known) !== wordsOf(figure)) continue;
    for (const part of [".drawn", "details.behind"]) {
      const alive = known.querySelector(part);
      if (alive !== null) figure.querySelector(part)?.replaceWith(alive);
    }
  }
}

/** Turns this page into another one of the same results directory. */
function become(next: Document, study: StudyOnPage): void {
  const focused = document.activeElement?.id ?? "";
  withoutMoving(() => {
    document.title = next.title;
    for (const name of ["header", "main"] as const) {
      const [here, there] = [document.querySelector<HTMLElement>(name), next.querySelector<HTMLElement>(name)];
      if (here === null || there === null) continue;
      keepParts(here, there);
      here.replaceWith(document.adoptNode(there));
    }
    study.become(payloadIn(next));
  });
  if (focused !== "" && document.activeElement?.id !== focused)
    document.getElementById(focused)?.focus({ preventScroll: true });
}

function campaignLine({ text, done, wanted }: News["campaigns"][number]): HTMLElement {
  const bar = make("progress", { value: String(done), max: String(wanted), "aria-label": "deployments measured" });
  return make("p", { class: "campaign" }, bar, ` ${text}`);
}

/**
 * Shows how far campaigns are, and follows the runs that are published.
 * @param place where it is shown; it has the version of this page
 */
export function followNews(place: HTMLElement, study: StudyOnPage): void {
  let isFetching = false;
  let latest = place.dataset.version;
  const fetchPage = async () => {
    if (isFetching) return;
    isFetching = true;
    try {
      while (latest !== place.dataset.version) {
        const text = await (await fetch(location.pathname, { cache: "no-store" })).text();
        const next = new DOMParser().parseFromString(text, "text/html");
        const version = next.getElementById("live")?.dataset.version;
        if (version === undefined) return;
        become(next, study);
        place.dataset.version = version;
        // What was published while this was fetched is told by the news that follow.
        latest = version;
      }
    } finally {
      isFetching = false;
    }
  };
  const source = new EventSource(newsPath);
  source.addEventListener("message", ({ data }) => {
    const { version, campaigns, problem } = JSON.parse(String(data)) as News;
    place.replaceChildren(
      ...(problem === null ? [] : [make("p", { class: "label" }, `What is there now cannot be shown: ${problem}`)]),
      ...campaigns.map(campaignLine),
    );
    if (version !== null) latest = version;
    fetchPage().catch(() => {
      // The source tells it when it is there again.
    });
  });
  source.addEventListener("error", () => {
    place.replaceChildren(
      make("p", { class: "label" }, "./lab report --serve has ended, or cannot be reached: this page is as it was"),
    );
  });
}
