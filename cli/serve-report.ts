import { once } from "node:events";
import { join, resolve } from "node:path";
import { sha256 } from "../lib/canonical.ts";
import { labDir } from "../lib/paths.ts";
import { serveReport } from "../report/serve/server.ts";
import { JournalsIn } from "./campaign/journal-progress.ts";
import { refuseOption } from "./options.ts";
import { progress } from "./progress.ts";

const largestPort = 65_535;

/** What a server that is asked for is ended by: that it ends is no failure. */
const endingSignals = ["SIGINT", "SIGTERM"] as const;

/** Where derived tables of a results directory are kept that is not to be written to; a later call goes on with them. */
export const tablesOf = (directory: string) => join(labDir, "served", sha256(resolve(directory)).slice(0, 16));

/**
 * `./lab report --serve`: serves the report of a results directory until the process is ended, and prints its address.
 * @param port as the option gives it
 * @throws LabError (exit code 2) for a port that is none or cannot be had, and when there is no such directory
 */
export async function serveUntilEnded(directory: string, port: string): Promise<void> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > largestPort)
    refuseOption("--port", port, `a whole number, 0 to ${largestPort}; 0 is any port that is free`);
  const journals = new JournalsIn(directory);
  const { url, close } = await serveReport(directory, {
    port: Number(port),
    tablesIn: tablesOf(directory),
    campaigns: () => journals.news(),
    say: progress.say,
  });
  process.stdout.write(`${url}\n`);
  progress.say("the page follows the runs and the campaign; Ctrl-C ends it");
  await Promise.race(endingSignals.map((signal) => once(process, signal)));
  await close();
}
