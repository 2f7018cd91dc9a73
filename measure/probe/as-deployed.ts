import { setTimeout as sleep } from "node:timers/promises";
import { shellScript } from "../../infra/server-script.ts";
import { LabError } from "../../lib/errors.ts";
import { type Role, roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { differenceText, type ServerConditions, type ServerDifference } from "../results/conditions.ts";
import { differencesOf, isOfLink } from "./differences.ts";
import { onBoth, type PerRole } from "./roles.ts";
import { parseSeen, type SeenServer } from "./seen-server.ts";
import type { AsDeployedSpec, RunSpec } from "./spec.ts";

/**
 * The question to a server.
 * @param remember whether it is to hold later runs to the state in which it is now, where it has none yet to hold them to
 */
export const asDeployedScript = ({ layers, main, ports }: AsDeployedSpec, remember: boolean): string =>
  shellScript("as-deployed.sh", {
    REMEMBER: remember ? "yes" : "no",
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

type Ends = Pick<RunSpec, "ends">;
type Asked = PerRole<Pick<SshConnection, "run">>;

/** Asks both servers, side by side, by one script of each, which reads files of theirs and starts hardly a process. */
const ask = ({ ends }: Ends, connections: Asked, remember: boolean): Promise<PerRole<SeenServer>> =>
  onBoth(async (role) => parseSeen(await connections[role].run(asDeployedScript(ends[role].deployed, remember)), role));

/** How long a link may take that comes up after a deployment. */
const linkPatience = { seconds: 30, everySeconds: 1 };

/**
 * Asks both servers whether they are as they were deployed. Where only links are not, they are given time.
 * @param patience for links
 * @returns in which state they measure
 * @throws NotAsDeployedError with all that differs
 */
export async function requireAsDeployed(
  spec: Ends,
  connections: Asked,
  patience = linkPatience,
): Promise<PerRole<ServerConditions>> {
  const until = performance.now() + 1000 * patience.seconds;
  for (;;) {
    const seen = await ask(spec, connections, false);
    const differences = roles.flatMap((role) => differencesOf(role, spec.ends[role].deployed, seen[role]));
    if (differences.length === 0) return { sender: seen.sender.now, responder: seen.responder.now };
    if (!differences.every(isOfLink) || performance.now() >= until) throw new NotAsDeployedError(differences);
    await sleep(1000 * patience.everySeconds);
  }
}

/** What was not any more as it had been when a run began. */
export interface ChangesMeanwhile {
  /** In sentences: such a run does not count. */
  sentences: string[];
  /** What of it the next run would be refused for as well. */
  differences: ServerDifference[];
}

/** How often a link of a port has come or gone, where it is not as often as before; only a port that Main VMs use tells of a run. */
function linkChangesOf(role: Role, before: ServerConditions, now: ServerConditions): string[] {
  const [was, is] = [before, now].map(({ ports: [main] }) => main);
  const times = (is?.linkChanges ?? 0) - (was?.linkChanges ?? 0);
  return times === 0 ? [] : [`${role}: the link of ${is?.name ?? was?.name} came or went ${times} times`];
}

/**
 * Asks both servers after a run whether they are still as they were when it began. Where all is, they hold the deployment's other runs
 * to that from then on.
 * @param before in which state they were then
 */
export async function changesMeanwhile(
  spec: Ends,
  connections: Asked,
  before: PerRole<ServerConditions>,
): Promise<ChangesMeanwhile> {
  const seen = await ask(spec, connections, false);
  const differences = roles.flatMap((role) =>
    differencesOf(role, spec.ends[role].deployed, { ...seen[role], first: before[role] }, "when the run began"),
  );
  const changes = [
    ...differences.map(differenceText),
    ...roles.flatMap((role) => linkChangesOf(role, before[role], seen[role].now)),
  ];
  // A state that changed is no measure for other runs.
  if (changes.length === 0 && roles.some((role) => seen[role].first === undefined)) await ask(spec, connections, true);
  return {
    sentences: changes.map((change) => `something was changed while it was measured: ${change}`),
    differences,
  };
}
