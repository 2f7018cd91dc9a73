import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** What a page may take, and a test of one, while the machine is busy with other tests, milliseconds. */
const pageLimitMs = 120_000;
export const browserTestLimitMs = 360_000;

/** Debian's Chromium. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: pageLimitMs });

/** A page with a context of its own, which is closed when it is disposed of. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page } & AsyncDisposable> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(pageLimitMs);
  return { page: await context.newPage(), [Symbol.asyncDispose]: () => context.close() };
}
