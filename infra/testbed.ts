import { isAbsolute, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { checkout } from "../lib/paths.ts";
import type { End } from "../measure/probe/spec.ts";
import type { Scenario } from "../measure/results/scenario.ts";
import type { GuestImage } from "./config/guest-image.ts";
import { type Host, type Role, roles } from "./config/hosts.ts";
import type { ResolvedConfig } from "./config/load.ts";
import { Server } from "./host/server.ts";
import type { Observation } from "./observe.ts";
import { Runs } from "./run/runs.ts";
import { scenarioOf } from "./scenario.ts";
import { identityOf } from "./vm/addresses.ts";
import { bypassed, capabilities, type Driver } from "./vm/drivers.ts";
import { Vm } from "./vm/vm.ts";

export interface TestbedArgs {
  stack: string;
  config: ResolvedConfig;
  guestImage: GuestImage;
  /** Who takes the servers. */
  owner: string;
  observed: Record<Role, Observation>;
}

const other: Record<Role, Role> = { sender: "responder", responder: "sender" };

/** What the runner has to know of one end. */
function endOf(role: Role, host: Host, driver: Driver): End {
  const { address, port, user, privateKeyFile, hostKey } = host;
  const { name: domain, mac, ip } = identityOf(role, 0);
  const { capture } = capabilities[driver];
  return {
    ssh: { address, port, user, privateKeyFile, hostKey },
    pf: host.pfs[0]?.name ?? "",
    ...(host.pinnedCore !== undefined && { pinnedCore: host.pinnedCore }),
    vm: { domain, mac, ip, driver },
    capture,
    ...(capture === null && { unavailable: bypassed }),
  };
}

/**
 * The testbed of one scenario: two servers made ready, a Main VM on each, and the runs. Main VMs come first; what
 * competes with them will stand between them and the runs.
 */
export function declareTestbed(args: TestbedArgs): { scenario: Scenario; runs: pulumi.Output<unknown>[] } {
  const { stack, config, guestImage, observed } = args;
  const scenario = scenarioOf(config);
  const { hosts, fidelity } = config.inventory;
  const driverAt = (role: Role) => scenario.factors.mainDriver[role] as Driver;

  const mains = roles.map((role) => {
    const server = new Server(role, {
      role,
      host: hosts[role],
      owner: args.owner,
      guestImage,
      observed: observed[role].tokens,
    });
    return new Vm(`${role}-main`, {
      server,
      stack,
      driver: driverAt(role),
      identity: identityOf(role, 0),
      vf: 0,
      memoryMiB: config.guestMemoryMiB,
      vcpus: config.guestCpus,
      neighbours: config.neighbour === "permanent" ? [identityOf(other[role], 0)] : [],
      readyWithinSeconds: 180,
    });
  });

  const { resultsDirectory } = config;
  const { results } = new Runs(
    "runs",
    {
      spec: {
        resultsDirectory: isAbsolute(resultsDirectory) ? resultsDirectory : join(checkout, resultsDirectory),
        scenario,
        replicate: config.replicate,
        fidelity,
        guestImage: { sha256: guestImage.sha256, release: guestImage.release },
        ends: {
          sender: endOf("sender", hosts.sender, driverAt("sender")),
          responder: endOf("responder", hosts.responder, driverAt("responder")),
        },
      },
      count: config.runs,
    },
    { dependsOn: mains },
  );
  return { scenario, runs: results };
}
