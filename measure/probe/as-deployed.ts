import { shellScript } from "../../infra/server-script.ts";
import { LabError } from "../../lib/errors.ts";
import { roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { differenceText, type ServerConditions, type ServerDifference } from "../results/conditions.ts";
import { differencesOf } from "./differences.ts";
import { onBoth, type PerRole } from "./roles.ts";
import { parseSeen } from "./seen-server.ts";
import type { AsDeployedSpec, RunSpec } from "./spec.ts";

/** The question to a server. */
export const asDeployedScript = ({ layers, main, ports }: AsDeployedSpec): string =>
  shellScript("as-deployed.sh", {
    LAYERS: layers.join(" "),
    MAIN: main,
    PORTS: ports.map(({ name }) => name).join(" "),
  });

/** The servers are not as they were deployed: what was measured on them would be of something else than what was declared. */
export class NotAsDeployedError extends LabError {
  readonly differences: readonly ServerDifference[];

  constructor(differences: readonly ServerDifference[]) {
    const what = differences.map((difference) => `  ${differenceText(difference)}`).join("\n");
    const mends = differences.every(({ mend }) => mend === null)
      ? "Run up again: it makes anew what differs"
      : "Not all of it is made anew unasked; the lines say what to do";
    super(`nothing was measured, because the servers are not as they were deployed:\n${what}\n${mends}`);
    this.differences = differences;
  }
}

/**
 * Asks both servers, side by side, whether they are as they were deployed; what is there and how they measure is told by one script
 * of each, which reads files of theirs and starts hardly a process.
 * @returns in which state they measure
 * @throws NotAsDeployedError with all that differs
 */
export async function requireAsDeployed(
  { ends }: Pick<RunSpec, "ends">,
  connections: PerRole<Pick<SshConnection, "run">>,
): Promise<PerRole<ServerConditions>> {
  const seen = await onBoth(async (role) =>
    parseSeen(await connections[role].run(asDeployedScript(ends[role].deployed)), role),
  );
  const differences = roles.flatMap((role) => differencesOf(role, ends[role].deployed, seen[role]));
  if (differences.length > 0) throw new NotAsDeployedError(differences);
  return { sender: seen.sender.now, responder: seen.responder.now };
}
