import { once } from "node:events";
import { appendFileSync, cpSync, readdirSync, renameSync, rmSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { journalFile } from "../../../cli/campaign/journal.ts";
import { JournalsIn } from "../../../cli/campaign/journal-progress.ts";
import { tablesOf } from "../../../cli/serve-report.ts";
import { checkout } from "../../../lib/paths.ts";
import { serveReport } from "../../../report/serve/server.ts";
import { browserTestLimitMs, launchBrowser, newPage } from "../../support/browser.ts";
import { temporaryFolder } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

vi.setConfig({ testTimeout: browserTestLimitMs });

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, browserTestLimitMs);
afterAll(() => browser?.close());

/** Results of which one run is not published yet, and what publishes it as the runner does. */
async function resultsWithoutLast() {
  const results = await sampleResults();
  const elsewhere = temporaryFolder();
  const scenario = readdirSync(results.directory).find((name) => name.startsWith("virtio")) ?? "";
  const [run] = readdirSync(join(results.directory, scenario)).slice(-1);
  const path = join(results.directory, scenario, run ?? "");
  cpSync(path, join(elsewhere.path, "run"), { recursive: true });
  rmSync(path, { recursive: true });
  return {
    directory: results.directory,
    tablesIn: join(elsewhere.path, "tables"),
    publish() {
      cpSync(join(elsewhere.path, "run"), `${path}.tmp-1`, { recursive: true });
      renameSync(`${path}.tmp-1`, path);
    },
    [Symbol.dispose]() {
      results[Symbol.dispose]();
      elsewhere[Symbol.dispose]();
    },
  };
}

const filesIn = (directory: string) => readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
const write = (directory: string, entry: object) =>
  appendFileSync(journalFile(directory, "c"), `${JSON.stringify({ at: "2026-01-02T03:04:05.000Z", ...entry })}\n`);

async function served(directory: string, tablesIn: string) {
  const journals = new JournalsIn(directory);
  const report = await serveReport(directory, {
    ...{ port: 0, tablesIn, say: () => {}, campaigns: () => journals.news() },
  });
  return { ...report, [Symbol.asyncDispose]: () => report.close() };
}

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const [response] = await once(get(url, { headers }), "response");
  response.resume();
  return response.statusCode;
}

test("a run that is published shows, and the campaign's progress moves; choice, place and theme stay", async () => {
  using results = await resultsWithoutLast();
  const { directory } = results;
  write(directory, { event: "begun", deployments: 4, missing: 2 });
  const before = filesIn(directory);
  await using report = await served(directory, results.tablesIn);
  await using opened = await newPage(browser);
  const { page } = opened;
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${report.url}#sender_driver=virtio-bridge,e1000-bridge`);
  await page.waitForSelector("html[data-ready]");
  await page.locator("#live", { hasText: "2 of 4 deployments measured, 2 missing" }).waitFor();
  await expect(page.locator(".facts").textContent()).resolves.toMatch(/^7 runs/);
  await page.locator("#theme").click();
  const theme = () => page.evaluate("document.documentElement.dataset.theme");
  const themeBefore = await theme();
  await page.locator("#boxes-rtt details.behind summary").click();
  await page.locator("#boxes-rtt details.behind").scrollIntoViewIfNeeded();
  await page.waitForSelector("#figure-boxes-rtt[data-rows='2']");
  const place = async () => (await page.locator("#figure-boxes-rtt").boundingBox())?.y ?? Number.NaN;
  const placeBefore = await place();
  await page.evaluate("window.isTheSame = true");

  results.publish();
  await page.locator(".facts", { hasText: /^8 runs/ }).waitFor({ state: "attached" });
  expect(await page.evaluate("window.isTheSame")).toBe(true);
  expect(new URL(page.url()).hash).toBe("#sender_driver=virtio-bridge,e1000-bridge");
  await expect(page.locator("#shown").textContent()).resolves.toBe("2 of 4 scenarios");
  expect(await theme()).toBe(themeBefore);
  expect(Math.abs((await place()) - placeBefore)).toBeLessThan(3);
  await expect(page.locator("#figure-boxes-rtt").getAttribute("data-rows")).resolves.toBe("2");
  // Of the scenario's two runs now, of 100 packets each, and still open.
  const row = page.locator("#boxes-rtt details.behind tbody tr", { hasText: "virtio-bridge" });
  await expect(row.textContent()).resolves.toContain("200");
  await row.getByRole("button").click();
  await expect(page.locator("dialog#runs").textContent()).resolves.toMatch(/rep-01_run-01.*rep-01_run-02/s);

  const entry = { hash: "a".repeat(64), name: "a", replicate: 1, attempt: 1, seconds: 90 };
  const spent = { boot: 1, load: 1, measuring: 1, ours: 1, engine: 1 };
  write(directory, { event: "measured", ...entry, whole: true, spent });
  await page
    .locator("#live", { hasText: "3 of 4 deployments measured, 1 missing, 0 failed; about 2 min left" })
    .waitFor();
  expect(await page.locator("#live progress").getAttribute("value")).toBe("3");
  expect(complaints).toEqual([]);
  await page.close();

  const published = filesIn(directory).filter((name) => !before.includes(name));
  expect(published.every((name) => name.includes("rep-01_run-02"))).toBe(true);
});

test("only loopback's names and the page's own requests are answered; figures are drawn when somebody asks", async () => {
  using results = await sampleResults();
  using elsewhere = temporaryFolder();
  const { url, ...report } = await served(results.directory, elsewhere.path);
  try {
    const { host } = new URL(url);
    expect(await statusOf(url)).toBe(200);
    expect(await statusOf(url, { Host: "evil.example" })).toBe(403);
    expect(await statusOf(`${url}news`, { Origin: "http://evil.example" })).toBe(403);
    expect(await statusOf(url, { Origin: `http://${host}` })).toBe(200);
    const file = async (name: string) => await (await fetch(`${url}figures/${name}`)).text();
    expect(await file("boxes-rtt.svg")).toMatch(/^<svg/);
    expect(await file("boxes-rtt.csv")).toContain("virtio-bridge");
    expect(await statusOf(`${url}figures/none.svg`)).toBe(404);
    expect(await statusOf(`${url}figures/../../manifest.json`)).toBe(404);
    await expect(
      serveReport(results.directory, {
        ...{ port: Number(new URL(url).port), tablesIn: elsewhere.path, say: () => {}, campaigns: () => [] },
      }),
    ).rejects.toThrow(/--port \d+ cannot be had \(.*EADDRINUSE.*\); allowed: /);
  } finally {
    await report.close();
  }
  await expect(fetch(url)).rejects.toThrow();
});

test("while what is there cannot be shown, the page of before stays and says why", async () => {
  using results = await resultsWithoutLast();
  await using report = await served(results.directory, results.tablesIn);
  await using opened = await newPage(browser);
  const { page } = opened;
  await page.goto(report.url);
  renameSync(results.directory, `${results.directory}-away`);
  await page.locator("#live", { hasText: "cannot be shown: " }).waitFor();
  await expect(page.locator(".facts").textContent()).resolves.toMatch(/^7 runs/);
  renameSync(`${results.directory}-away`, results.directory);
  await page.locator("#live .label").waitFor({ state: "detached" });
  await page.close();
});

test("Ctrl-C ends it at once, also while a page is open, and nothing was written", async () => {
  using results = await sampleResults();
  const before = filesIn(results.directory);
  const child = execa("node", ["cli/main.ts", "report", results.directory, "--port", "0"], {
    cwd: checkout,
    reject: false,
  });
  const [line] = await once(child.stdout, "data");
  const url = String(line).trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const news = await fetch(`${url}news`);
  expect(news.headers.get("content-type")).toBe("text/event-stream");
  const start = performance.now();
  child.kill("SIGINT");
  const { signal, exitCode } = await Promise.race([child, sleep(10_000, { signal: "it goes on", exitCode: 1 })]);
  expect({ signal, exitCode }).toEqual({ signal: undefined, exitCode: 0 });
  expect(performance.now() - start).toBeLessThan(5000);
  await news.body?.cancel().catch(() => {});
  expect(filesIn(results.directory)).toEqual(before);
  rmSync(tablesOf(results.directory), { recursive: true });
});
