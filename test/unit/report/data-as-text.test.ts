import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { writeReport } from "../../../report/report.ts";
import { browserTestLimitMs, launchBrowser, newPage } from "../../support/browser.ts";
import { resultsOf } from "../../support/sample-runs.ts";

const script = "</script><script>alert(1)</script>";
const image = '"><img src=x onerror=alert(2)>';
const formula = "=cmd()";

test("names, paths and reasons are text in page, tooltip, dialog, SVG, CSV and specification", {
  timeout: browserTestLimitMs,
}, async () => {
  using results = await resultsOf([
    { driver: "e1000-bridge", replicate: 1, name: script },
    { driver: "virtio-bridge", replicate: 1, name: image },
    { driver: "virtio-bridge", replicate: 2, name: `${formula}${script}`, problem: `${formula}${image}${script}` },
  ]);
  const { directory } = results;
  // A path cannot hold a slash.
  const folder = join(directory, `${formula}${image}`);
  mkdirSync(folder);
  for (const name of readdirSync(directory).filter((each) => each.includes("run-"))) {
    const path = join(directory, name, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.environment = { ...manifest.environment, host: { name: `${image}${script}` } };
    writeFileSync(path, JSON.stringify(manifest));
    renameSync(join(directory, name), join(folder, name));
  }
  const file = await writeReport(directory);
  const figures = join(directory, "report", "figures");
  for (const name of readdirSync(figures)) {
    const text = readFileSync(join(figures, name), "utf8");
    if (name.endsWith(".svg")) expect(text, name).not.toMatch(/<script|<img/);
    if (name.endsWith(".csv")) expect(text, name).not.toMatch(/(?:^|,)"?[=+@]/m);
    if (name.endsWith(".json")) JSON.parse(text);
  }
  expect(readFileSync(join(figures, "campaign-rtt.csv"), "utf8")).toContain(`'${formula}`);

  const browser = await launchBrowser();
  try {
    const { page } = await newPage(browser);
    const complaints: string[] = [];
    page.on("dialog", (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready]");
    const figure = page.locator("#figure-campaign-rtt");
    await figure.scrollIntoViewIfNeeded();
    await page.waitForSelector("#figure-campaign-rtt[data-rows]");
    const mark = figure.locator(".mark-symbol.role-mark path").first();
    await mark.hover();
    await expect(page.locator("#tooltip").textContent()).resolves.toMatch(/alert\([12]\)/);
    await mark.click();
    const dialog = page.locator("dialog#runs");
    const shown = (await dialog.textContent()) ?? "";
    expect(shown).toContain(`${formula}${image}/`);
    expect([script, image].some((name) => shown.includes(name))).toBe(true);
    await page.keyboard.press("Escape");
    for (const details of await page.locator("details.behind summary").all()) await details.click();
    for (const text of [script, image, `${formula}${image}${script}`])
      expect(await page.locator("body").textContent()).toContain(text);
    expect(await page.locator("img, script:not([type])").count()).toBe(1);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
