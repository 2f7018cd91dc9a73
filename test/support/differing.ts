import { roles } from "../../lib/roles.ts";
import { asDeployedScript } from "../../measure/probe/as-deployed.ts";
import { differencesOf } from "../../measure/probe/differences.ts";
import { parseSeen } from "../../measure/probe/seen-server.ts";
import { differenceText } from "../../measure/results/conditions.ts";
import type { Testbed } from "./testbed.ts";

/** What a run would be told of both servers, and what mends it where no up does. @param main layer of the Main endpoint */
export async function differing(testbed: Testbed, main: "vm-rtt-main" | "host-rtt-main"): Promise<string[]> {
  const { pfs } = testbed.inventory.hosts.sender;
  const layers = [...pfs.map(({ name }) => `nic-${name}`), "bridge-rtt0", main];
  const deployed = { ports: pfs.map(({ name, vfs }) => ({ name, vfs })), layers, main };
  const texts = await testbed.onServers(asDeployedScript(deployed, false));
  return roles.flatMap((role, index) =>
    differencesOf(role, deployed, parseSeen(texts[index] ?? "", role)).map(differenceText),
  );
}
