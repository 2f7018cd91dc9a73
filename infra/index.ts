import * as pulumi from "@pulumi/pulumi";
import { LabError } from "../lib/errors.ts";
import { checkout } from "../lib/paths.ts";
import { type Role, roles } from "../lib/roles.ts";
import { targetOf } from "../lib/ssh/target.ts";
import { readGuestImage } from "./config/guest-image.ts";
import { parseConfig, refuse, refuseOverload, resolveConfig } from "./config/load.ts";
import { requireWays } from "./doctor/ways.ts";
import { falseClaims } from "./false-claims.ts";
import { freeMemoryProblems } from "./free-memory.ts";
import { announceServers } from "./gateway/gateway.ts";
import { type Observation, observe, tokensOf, vfAddressOf, withObserved } from "./observe.ts";
import { ownerOf } from "./owner.ts";
import { planOf } from "./plan/plan.ts";
import { preflightProblems } from "./preflight.ts";
import { declareTestbed, type ServerView } from "./testbed.ts";

const viewOf = ({ tokens, pfs, cpus }: Observation): ServerView => ({
  token: tokensOf(tokens),
  vfAddress: (pf, vf) => vfAddressOf(pfs.get(pf), vf),
  cpus,
});

/** Everything that can be wrong before a resource is touched is found here, and told without a stack trace. */
async function prepare() {
  try {
    const stack = pulumi.getStack();
    const written = parseConfig(pulumi.runtime.allConfig(), pulumi.getProject(), stack);
    const config = resolveConfig(written, checkout);
    const guestImage = readGuestImage(config.guestImage, checkout);
    const owner = ownerOf(stack, checkout);
    const { inventory } = config;
    const servers = roles.map((role) => ({ name: role, target: targetOf(inventory.hosts[role]) }));
    const tried = await announceServers(servers);
    const plan = planOf(config);
    const file = typeof written.hosts === "string" ? written.hosts : undefined;
    const observed = await observe(inventory, { owner, plan, file });
    await requireWays(
      inventory,
      roles.filter((role) => !tried.includes(role)),
    );
    await announceServers(servers, "tried");
    refuse(falseClaims(inventory, observed), "the hosts");
    refuseOverload(withObserved(inventory, observed), config);
    const { sender, responder } = observed;
    refuse(
      [
        ...preflightProblems(inventory, plan, { sender: sender.preflight, responder: responder.preflight }),
        ...freeMemoryProblems(plan, observed),
      ],
      "the stack",
    );
    const views = Object.fromEntries(roles.map((role) => [role, viewOf(observed[role])])) as Record<Role, ServerView>;
    return { stack, config, guestImage, owner, servers: views };
  } catch (error) {
    throw error instanceof LabError ? new pulumi.RunError(error.message) : error;
  }
}

export const { scenario, load, runs, inAll } = declareTestbed(await prepare());
