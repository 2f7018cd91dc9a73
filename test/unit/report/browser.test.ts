import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { writeReport } from "../../../report/report.ts";
import { browserTestLimitMs, launchBrowser, newPage } from "../../support/browser.ts";
import { temporaryFolder } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

vi.setConfig({ testTimeout: browserTestLimitMs });

const folder = temporaryFolder();
let browser: Browser;
let address: string;

beforeAll(async () => {
  using results = await sampleResults();
  address = pathToFileURL(await writeReport(results.directory, { into: folder.path })).href;
  browser = await launchBrowser();
}, browserTestLimitMs);
afterAll(async () => {
  await browser?.close();
  folder[Symbol.dispose]();
});

/** Opens the page, and gathers what it complains of and what it asks the network for. */
async function openPage(fragment = "", options: BrowserContextOptions = {}) {
  const opened = await newPage(browser, options);
  const { page } = opened;
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(request.url());
  });
  await page.goto(`${address}${fragment}`);
  await page.waitForSelector("html[data-ready]");
  return { ...opened, complaints };
}

/** Rows of a figure that are drawn, after it was scrolled to. */
async function rowsDrawn(page: Page, figure: string): Promise<number> {
  await page.locator(`#figure-${figure}`).scrollIntoViewIfNeeded();
  await page.waitForSelector(`#figure-${figure}[data-rows]`);
  return Number(await page.locator(`#figure-${figure}`).getAttribute("data-rows"));
}

const choose = async (page: Page, value: string) => {
  await page.locator("details.factor summary").first().click();
  await page.getByLabel(value, { exact: true }).check();
  await page.keyboard.press("Escape");
};

test("it opens from disk without a complaint or the network, and draws every figure with the rows it has", async () => {
  await using opened = await openPage();
  const { page, complaints } = opened;
  const all = await page.locator("figure").evaluateAll((figures) => figures.map(({ id }) => id));
  // Two deployments of a driver decide nothing, so nobody has won.
  const names = all.filter((name) => name !== "winner-rtt");
  await expect(page.locator("#winner-rtt .nothing").textContent()).resolves.toMatch(/: nothing to draw$/);
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect(await rowsDrawn(page, name)).toBeGreaterThan(0);
  expect(await page.locator("figure .picture svg").count()).toBe(names.length);
  await expect(page.locator("strong.label").textContent()).resolves.toMatch(/^emulated servers/);
  expect(complaints).toEqual([]);
});

test("choosing changes the marks and the address, and a link restores what was chosen", async () => {
  await using opened = await openPage();
  const { page } = opened;
  expect(await rowsDrawn(page, "boxes-rtt")).toBe(4);
  await choose(page, "virtio-bridge");
  expect(new URL(page.url()).hash).toBe("#sender_driver=virtio-bridge");
  expect(await rowsDrawn(page, "boxes-rtt")).toBe(1);
  expect(await page.locator("#shown").textContent()).toBe("1 of 4 scenarios");
  // A difference rests on two drivers: of one alone there is none.
  await page.locator("#pairs-rtt").scrollIntoViewIfNeeded();
  await page.locator("#figure-pairs-rtt .nothing").waitFor({ state: "visible" });
  await using again = await openPage(new URL(page.url()).hash);
  expect(await rowsDrawn(again.page, "boxes-rtt")).toBe(1);
  await again.page.locator("#clear").click();
  expect(await rowsDrawn(again.page, "boxes-rtt")).toBe(4);
  expect(new URL(again.page.url()).hash).toBe("");
});

test("a mark tells its values, and shows the runs behind it; so does the table, by keyboard", async () => {
  await using opened = await openPage();
  const { page } = opened;
  await rowsDrawn(page, "boxes-rtt");
  const box = page.locator("#figure-boxes-rtt .mark-symbol.role-mark path").last();
  await box.hover();
  await expect(page.locator("#tooltip").textContent()).resolves.toContain("median, ms");
  await box.click();
  await expect(page.locator("dialog#runs").textContent()).resolves.toMatch(/rep-01_run-01.*rep-01_run-02/s);
  await expect(page.locator("dialog#runs li").first().textContent()).resolves.toContain("sender_driver");
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog#runs").isVisible()).resolves.toBe(false);
  const summary = page.locator("#boxes-rtt details.behind summary");
  await summary.focus();
  await page.keyboard.press("Enter");
  await page.locator("#boxes-rtt details.behind tbody tr").first().waitFor();
  expect(await page.locator("#boxes-rtt details.behind tbody tr").count()).toBe(4);
  await page.locator("#boxes-rtt details.behind button").first().focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("dialog#runs").isVisible()).resolves.toBe(true);
});

test("dark and light switch, and follow the system until then", async () => {
  await using opened = await openPage("", { colorScheme: "dark" });
  const { page } = opened;
  const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const dark = await paper();
  await rowsDrawn(page, "boxes-rtt");
  const ink = () => page.evaluate("getComputedStyle(document.querySelector('#figure-boxes-rtt svg text')).fill");
  const inkInDark = await ink();
  await page.locator("#theme").click();
  expect(await paper()).not.toBe(dark);
  expect(await ink()).not.toBe(inkInDark);
});

test("axe finds no serious violation, on the light page and on the dark one", async () => {
  await using opened = await openPage("", { colorScheme: "light", bypassCSP: true });
  const { page } = opened;
  await page.locator("#boxes-rtt details.behind summary").click();
  await page.evaluate(axe.source);
  for (const _ of ["light", "dark"]) {
    // The pictures are hidden from screen readers, which are given the tables.
    const found = (await page.evaluate("axe.run({ exclude: [['.picture']] })")) as {
      passes: unknown[];
      violations: { id: string; impact: string }[];
    };
    expect(found.passes.length).toBeGreaterThan(10);
    expect(found.violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
    await page.locator("#theme").click();
  }
});
