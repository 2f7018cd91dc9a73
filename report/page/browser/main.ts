import { followNews } from "./live.ts";
import { payloadIn, StudyOnPage } from "./study-on-page.ts";
import { setUpTheme } from "./theme-switch.ts";

const study = new StudyOnPage(payloadIn(document));
setUpTheme();
addEventListener("hashchange", () => study.followAddress());
// What is printed is the whole page, also what nobody has scrolled to.
addEventListener("beforeprint", () => study.drawAll());
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-section]") : null;
  if (link === null) return;
  // The address keeps what is chosen.
  event.preventDefault();
  document.querySelector(link.hash)?.scrollIntoView();
});
const live = document.getElementById("live");
if (live !== null) followNews(live, study);
document.documentElement.dataset.ready = "true";
