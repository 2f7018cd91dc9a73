import { join } from "node:path";
import type { Config } from "../../infra/config/schema.ts";
import { checkout, hostsFile } from "../../lib/paths.ts";

/** Where the emulated servers are described for the stacks of this checkout. */
export const inventoryFile = join(checkout, hostsFile);

/** Whether a stack is for the emulated servers, and not for others that its configuration describes. */
export const usesEmulatedServers = ({ hosts }: Pick<Config, "hosts">) =>
  typeof hosts === "string" && join(checkout, hosts) === inventoryFile;
