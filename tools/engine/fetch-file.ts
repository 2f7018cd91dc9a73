import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../../lib/errors.ts";
import { refusedStatus } from "./download.ts";

const [, , url = "", file = "", limitMs = "0"] = process.argv;

const causeOf = (error: unknown) => (error instanceof Error && error.cause ? error.cause : error);

/** A redirect away from TLS would make of what is verified afterwards what anybody on the way likes. */
const isAsSafe = (from: string, to: string) => new URL(from).protocol !== "https:" || to.startsWith("https:");

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(Number(limitMs)) });
  if (!response.ok || !response.body || !isAsSafe(url, response.url)) {
    console.error(isAsSafe(url, response.url) ? `${url}: HTTP ${response.status}` : `${url}: led to ${response.url}`);
    process.exitCode = refusedStatus;
  } else await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
} catch (error) {
  console.error(messageOf(causeOf(error)));
  process.exitCode = 1;
}
process.exit();
