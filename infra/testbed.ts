import { isAbsolute, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { LabError } from "../lib/errors.ts";
import { checkout } from "../lib/paths.ts";
import { type Role, roles } from "../lib/roles.ts";
import { runToken } from "../measure/results/token.ts";
import { mainLinkSettings } from "../study/factors.ts";
import { runsInStepAlone } from "../study/loads/loads.ts";
import { scenarioOf } from "../study/scenario.ts";
import type { GuestImage } from "./config/guest-image.ts";
import type { ResolvedConfig } from "./config/load.ts";
import { Server } from "./host/server.ts";
import { Load } from "./load/load.ts";
import { leastOf } from "./load/share.ts";
import type { TokenSource } from "./observe.ts";
import { fleetRoles, type Plan, planOf, type ServerPlan } from "./plan/plan.ts";
import { endOf } from "./run/end.ts";
import { Runs, type RunsArgs } from "./run/runs.ts";
import { backgroundIndices, identityOf, otherEnd } from "./vm/addresses.ts";
import { endpointOf } from "./vm/drivers.ts";
import { Fleet } from "./vm/fleet.ts";
import { type Member, memberOf } from "./vm/member.ts";
import type { Design } from "./vm/placed-member.ts";
import { declareSlots } from "./vm/slots.ts";

/** What the program has to know of a server that no configuration says. */
export interface ServerView {
  token: TokenSource;
  /** Where VF `vf` of a PF is; undefined where the PF can have none. */
  vfAddress: (pf: string, vf: number) => string | undefined;
  cpus: number;
}

export interface TestbedArgs {
  stack: string;
  config: ResolvedConfig;
  guestImage: GuestImage;
  /** Who takes the servers. */
  owner: string;
  servers: Record<Role, ServerView>;
  /** Gives a run its token; by default from the state of its data. */
  runToken?: RunsArgs["token"];
}

type PerRole<T> = Record<Role, T>;
const onBoth = <T>(body: (role: Role) => T): PerRole<T> => ({ sender: body("sender"), responder: body("responder") });

function serverOf(role: Role, { config, owner, guestImage, servers }: TestbedArgs): Server {
  const { token, vfAddress } = servers[role];
  return new Server(role, {
    pair: config.serverPair,
    role,
    host: config.inventory.hosts[role],
    owner,
    guestImage,
    token,
    vfAddress(pf, vf) {
      const address = vfAddress(pf, vf);
      if (address === undefined) throw new LabError(`${role}: ${pf} has no VF ${vf}`);
      return address;
    },
  });
}

type Which = "main" | "background";

/** The VMs of a fleet: a server's Main VM, or its background VMs, which may be none. */
function membersOf(which: Which, server: Server, plan: Plan, { stack, config }: TestbedArgs): Member[] {
  const { vms, ...ofEach } = { vms: 0, ...plan[server.role][which] };
  const hasPermanentNeighbour = which === "background" || config.neighbour === "permanent";
  const design: Design = {
    ...ofEach,
    initrd: which === "main" ? server.initrd : server.loadInitrd,
    replicate: config.replicate,
    plot: config.order?.plot,
    links: which === "main" ? mainLinkSettings({ ...config }) : [],
    neighboursOf: (index) => (hasPermanentNeighbour ? [identityOf(otherEnd(server), index)] : []),
  };
  return (which === "main" ? [0] : backgroundIndices(vms)).map((index) => memberOf(server, stack, design, index));
}

/** A server with its VMs and the places that are theirs. */
function deployed(role: Role, plan: Plan, args: TestbedArgs) {
  const server = serverOf(role, args);
  const main = membersOf("main", server, plan, args);
  const background = membersOf("background", server, plan, args);
  return { server, members: { main, background }, slots: declareSlots(server, [...main, ...background]) };
}

function fleetOf(
  which: Which,
  { server, members, slots }: ReturnType<typeof deployed>,
  { config }: TestbedArgs,
  startAfter: pulumi.Resource[],
): Fleet {
  const { parallelStarts, readyWithinSeconds } = config;
  return new Fleet(`${server.role}-${which}`, {
    ...{ server, slots, startAfter, parallelStarts, readyWithinSeconds },
    members: members[which],
  });
}

/** What must be seen of a server's load when it has been started: nothing of what each run starts. */
const leastAtStart = (plan: ServerPlan, cpus: number, sharesClock: boolean) =>
  sharesClock && runsInStepAlone(plan.load.type) ? {} : leastOf(plan, cpus);

function loadOf(
  on: PerRole<ReturnType<typeof deployed>>,
  fleets: PerRole<Fleet>,
  plan: Plan,
  { config, servers }: TestbedArgs,
): Load | undefined {
  const loaded = fleetRoles(plan);
  if (loaded.length === 0) return undefined;
  const { hosts, clock } = config.inventory;
  const sharesClock = clock !== undefined;
  const loadOfServer = (role: Role) => ({
    host: hosts[role],
    vms: on[role].members.background.map(({ identity, token }, index) => ({
      ...{ name: identity.name, token, vcpus: plan[role].background.vcpus },
      peerIp: identityOf(otherEnd(on[role].server), index + 1).ip,
    })),
    load: plan[role].load,
    endpoint: endpointOf(plan[role].background.driver).id,
    sharesClock,
    least: leastAtStart(plan[role], servers[role].cpus, sharesClock),
    token: servers[role].token("load"),
    owner: on[role].server.owner,
  });
  return new Load(
    "load",
    {
      servers: Object.fromEntries(loaded.map((role) => [role, loadOfServer(role)])),
      standsOn: loaded.map((role) => on[role].slots.id),
    },
    { dependsOn: loaded.flatMap((role) => fleets[role].complete) },
  );
}

/**
 * The testbed of one scenario, in the order in which it is made: two servers ready for VMs, a Main VM on each, the
 * background VMs that compete with them, their load, and the runs.
 */
export function declareTestbed(args: TestbedArgs): {
  /** Its name. */
  scenario: string;
  load: pulumi.Output<string> | undefined;
  /** What came of each run, in a line, by its folder. */
  runs: Record<string, pulumi.Output<string>>;
  /** What came of all of them, in a line. */
  inAll: pulumi.Output<string>;
} {
  const { config, guestImage, servers } = args;
  const scenario = scenarioOf(config);
  const plan = planOf(config);
  const { hosts, fidelity, clock } = config.inventory;

  const on = onBoth((role) => deployed(role, plan, args));
  const mains = onBoth((role) => fleetOf("main", on[role], args, []));
  const mainsReady = roles.flatMap((role) => mains[role].complete);
  const fleets = onBoth((role) => fleetOf("background", on[role], args, mainsReady));
  const load = loadOf(on, fleets, plan, args);

  const { resultsDirectory } = config;
  const { runs, inAll } = new Runs(
    "runs",
    {
      spec: {
        owner: args.owner,
        resultsDirectory: isAbsolute(resultsDirectory) ? resultsDirectory : join(checkout, resultsDirectory),
        scenario,
        replicate: config.replicate,
        ...(config.order && { order: config.order }),
        fidelity,
        ...(clock && { clock }),
        guestImage: { sha256: guestImage.sha256, release: guestImage.release },
        ends: onBoth((role) =>
          endOf(on[role].server, hosts[role], plan[role], servers[role].cpus, clock !== undefined),
        ),
      },
      count: config.runs,
      token: args.runToken ?? runToken,
    },
    {
      dependsOn: [...mainsReady, ...roles.flatMap((role) => fleets[role].complete), ...(load?.complete ?? [])],
    },
  );
  return { scenario: scenario.name, load: load?.seen, runs, inAll };
}
