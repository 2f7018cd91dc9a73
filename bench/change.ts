import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removalLimitMs } from "../cli/campaign/stacks.ts";
import { interruptible } from "../cli/interrupt.ts";
import { preparePulumi } from "../cli/setup/pulumi.ts";
import { requireServers } from "../cli/setup/servers.ts";
import { withServersInReach } from "../cli/stack/around-pulumi.ts";
import { type DrivenStack, withDrivenStack } from "../cli/stack/driven-stack.ts";
import { componentTypes } from "../infra/component-types.ts";
import type { Inventory } from "../infra/config/hosts.ts";
import { readInventory } from "../infra/config/load.ts";
import { mainName } from "../infra/vm/addresses.ts";
import type { Driver } from "../infra/vm/drivers.ts";
import { LabError } from "../lib/errors.ts";
import { parseFields } from "../lib/key-value.ts";
import { hostsFile } from "../lib/paths.ts";
import { plainProgress } from "../lib/progress.ts";
import type { Role } from "../lib/roles.ts";
import { volatileFolder } from "../lib/server-paths.ts";
import { connectSsh } from "../lib/ssh/connect.ts";
import { shellVariables } from "../lib/ssh/quote.ts";
import { onBoth } from "../measure/probe/roles.ts";
import { nobodyCompetes } from "../study/competition.ts";
import { mainVmKeys, timedFactors } from "../study/terms.ts";
import type { BenchRow } from "./bench-row.ts";
import { timed } from "./fleet/timed.ts";
import { spread } from "./spread.ts";

const drivers = ["virtio-bridge", "pci-passthrough"] as const satisfies Driver[];
const stackName = "bench-change";
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

/** A Main VM as it was deployed: its definition, and the fields of its place (infra/scripts/slots.sh). */
interface DeployedVm {
  definition: string;
  place: Record<string, string>;
}
type Deployed = Record<Role, DeployedVm>;

/** Runs a script on a server, over a connection of its own as a script by hand would. */
async function onServer(inventory: Inventory, role: Role, script: string): Promise<string> {
  const ssh = await connectSsh(role, inventory.hosts[role]);
  try {
    return await ssh.run(script, { timeoutMs: 600_000, name: "the benchmark's script" });
  } finally {
    ssh.close();
  }
}

const deployedNow = (inventory: Inventory): Promise<Deployed> =>
  onBoth(async (role) => {
    const file = join(volatileFolder, "slots", mainName);
    const ask = `cat ${file}; virsh -q -c qemu:///system dumpxml --inactive ${mainName}`;
    const text = await onServer(inventory, role, ask);
    const end = text.indexOf("\n");
    return { place: parseFields(text.slice(0, end), file), definition: text.slice(end + 1) };
  });

const handScript = readFileSync(join(import.meta.dirname, "change", "hand.sh"), "utf8");

/** Changes the driver on both servers side by side, by hand. @returns the seconds it took */
async function changeByHand(inventory: Inventory, to: Deployed): Promise<number> {
  const [, seconds] = await timed(() =>
    onBoth((role) => {
      const { definition, place } = to[role];
      const { mac = "", vf_mac: vfMac = "", peer_mac: peerMac = "", pf = "", vf = "" } = place;
      const variables = {
        NAME: mainName,
        DEFINITION: definition,
        MAC: vfMac || mac,
        PEER_MAC: peerMac,
        PF: pf,
        VF: vf,
      };
      return onServer(inventory, role, `${shellVariables(variables)}\n${handScript}`);
    }),
  );
  return seconds;
}

/** Changes the driver as a campaign does. @returns the seconds until the Main VMs were ready, which is before the run */
async function changeByStack(stack: DrivenStack, driver: Driver, replicate: number, results: string): Promise<number> {
  const timing = timedFactors({ packets: 1, ratePps: 1000, windowSeconds: 1 });
  const settings = { ...nobodyCompetes, ...timing, runs: 1, replicate, resultsDirectory: results };
  const begun = performance.now();
  const { times } = await stack.deploy({
    [mainVmKeys.driver]: driver,
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
  });
  const ready = times.filter(({ component }) => component === componentTypes.fleet).map(({ toMs }) => toMs);
  if (ready.length === 0) throw new LabError(`the deployment of ${driver} made no VM`);
  return (Math.max(...ready) - begun) / 1000;
}

/** Seconds of the changes to a driver. */
interface Changes {
  stack: number[];
  hand: number[];
}

/**
 * All changes in turns, to each driver from the other: twice by the stack, twice by hand. What was changed by hand is no longer as it was
 * deployed, so a round begins with a deployment that does not count; the first brings the image and makes the VFs, too.
 */
async function allChanges(stack: DrivenStack, inventory: Inventory, results: string): Promise<Record<string, Changes>> {
  const changes = Object.fromEntries(drivers.map((driver): [Driver, Changes] => [driver, { stack: [], hand: [] }]));
  let replicate = 0;
  for (let round = 0; round < rounds; round++) {
    await changeByStack(stack, drivers[0], ++replicate, results);
    const deployed: [Driver, Deployed][] = [];
    for (const driver of drivers.toReversed()) {
      changes[driver]?.stack.push(await changeByStack(stack, driver, ++replicate, results));
      deployed.push([driver, await deployedNow(inventory)]);
    }
    for (const [driver, vms] of deployed) changes[driver]?.hand.push(await changeByHand(inventory, vms));
  }
  return changes;
}

const rowsOf = (changes: Record<string, Changes>): BenchRow[] =>
  Object.entries(changes).flatMap(([driver, { stack, hand }]) => [
    { what: `to ${driver}, by hand`, value: `${spread(hand, 1)} s` },
    {
      what: `to ${driver}, by the stack`,
      value: `${spread(stack, 1)} s`,
      ratios: `${spread(
        stack.map((seconds, index) => seconds / (hand[index] ?? Number.NaN)),
        2,
      )} times`,
    },
  ]);

/**
 * A change of driver on the emulated servers, which must be up and nobody's: until the Main VMs of both have answered, by a stack as
 * campaigns drive it, and by a script with the same definitions. BENCH_ROUNDS changes each way, default 3.
 */
export async function run(): Promise<BenchRow[]> {
  await requireServers(stackName);
  const inventory = readInventory(hostsFile);
  const folder = await mkdtemp(join(tmpdir(), "bench-change-"));
  const variables = await preparePulumi(plainProgress);
  try {
    const changes = await interruptible((interruption) =>
      withServersInReach(variables, (env) =>
        withDrivenStack(
          {
            ...{ name: stackName, env, interruption, progress: plainProgress, logFile: join(folder, "pulumi.log") },
            ...{ leftoversAreGone: false, timeLimitMs: removalLimitMs, keep: false },
          },
          (stack) => allChanges(stack, inventory, join(folder, "results")),
        ),
      ),
    );
    return rowsOf(changes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
