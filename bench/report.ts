import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import type { BenchRow } from "./bench-row.ts";
import { runLab, usedWords } from "./in-own-process.ts";
import { someScenarios, writeSyntheticResults } from "./synthetic-results.ts";

/** Debian's. */
const executablePath = "/usr/bin/chromium";

/** Milliseconds until a change of what is chosen is drawn. */
async function changeMs(page: Page, fragment: string): Promise<number> {
  const draw = `new Promise((done) => {
    const start = performance.now();
    location.hash = ${JSON.stringify(fragment)};
    addEventListener("hashchange", () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))), { once: true });
  })`;
  return Number(await page.evaluate(draw));
}

/** How long the page takes in a browser to be painted first, and to follow what is chosen. */
async function inBrowser(path: string): Promise<{ paintMs: number; changesMs: number[] }> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector("html[data-ready]");
    const paintMs = Number(await page.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime'));
    await page.locator("#boxes-rtt").scrollIntoViewIfNeeded();
    await page.waitForSelector("#figure-boxes-rtt[data-rows]");
    const changesMs: number[] = [];
    for (const fragment of ["#load_type=cpu", "#load_type=cpu&load_location=sender", "#background_vms=128"])
      changesMs.push(await changeMs(page, fragment));
    return { paintMs, changesMs };
  } finally {
    await browser.close();
  }
}

/** The report of the paper's full grid: written from raw files, and opened. */
export async function run(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "bench-report-"));
  try {
    writeSyntheticResults(directory, someScenarios(250), 10);
    const what = "250 scenarios x 10 runs x 100 packets";
    const first = await runLab("report", directory);
    const again = await runLab("report", directory);
    const page = first.stdout.trim();
    const { paintMs, changesMs } = await inBrowser(page);
    return [
      { what: `report of ${what}`, value: usedWords(first) },
      { what: "the same again, nothing new", value: usedWords(again) },
      { what: "size of the page", value: `${((await stat(page)).size / 1e6).toFixed(1)} MB` },
      { what: "first paint", value: `${paintMs.toFixed(0)} ms` },
      { what: "a change of what is chosen", value: changesMs.map((ms) => `${ms.toFixed(0)} ms`).join(", ") },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
