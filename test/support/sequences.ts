import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import fc from "fast-check";
import { expect } from "vitest";
import { restoreHost } from "../../infra/host/give-back.ts";
import { drivers } from "../../infra/vm/drivers.ts";
import { checkout } from "../../lib/paths.ts";
import { roles } from "../../lib/roles.ts";
import type { Testbed } from "./testbed.ts";

/** Four VFs of the operator's own: with names, an alias, a queue, addresses, a VLAN, trust, no spoof check, one without a driver, and autoprobe off. */
const operatorsVfs = `set -e
dev=/sys/class/net/pf0/device
echo 0 > $dev/sriov_numvfs
echo 0 > $dev/sriov_drivers_autoprobe
echo 4 > $dev/sriov_numvfs
modprobe igbvf
ip link set dev pf0 up
ip link set dev pf0 vf 0 mac 02:0b:00:00:00:10
ip link set dev pf0 vf 1 vlan 5
ip link set dev pf0 vf 2 mac 02:0b:00:00:00:12 trust on spoofchk off
for n in 0 1 2; do
  vf=$(readlink -f $dev/virtfn$n)
  echo igbvf > $vf/driver_override
  basename $vf > /sys/bus/pci/drivers_probe
  echo > $vf/driver_override
  udevadm settle
  ip link set dev $(ls $vf/net) down
  ip link set dev $(ls $vf/net) name op$(( (n + 1) % 3 ))
done
ip link set dev op2 address 02:0b:00:00:00:21
ip link set dev op1 txqueuelen 777 alias "op's own"
ip link property add dev op1 altname uplink-one altname uplink-two
ip link set dev op1 up`;

/** Nothing of the operator's any more. */
const noVfs = `echo 0 > /sys/class/net/pf0/device/sriov_numvfs; echo 1 > /sys/class/net/pf0/device/sriov_drivers_autoprobe; ip link set dev pf0 down`;

/**
 * All of a server that the testbed could have changed. An interface's number is new when its VF is, and so are the further names
 * that udev gives it by its address at that moment (en…): these are not looked at.
 */
const dump = `dev=/sys/class/net/pf0/device
cat $dev/sriov_numvfs $dev/sriov_drivers_autoprobe
ip -d link show dev pf0 | sed -e 's/^[0-9]*: //'
for vf in $dev/virtfn*; do
  [ -e $vf ] || continue
  echo "$(basename $vf) $(basename "$(readlink -f $vf)") driver $(basename "$(readlink $vf/driver)") override $(cat $vf/driver_override)"
  for interface in $vf/net/*; do
    [ ! -e $interface ] || echo "$(basename $interface) $(cat $interface/address $interface/mtu) $(($(cat $interface/flags) & 1)) $(ls $interface | grep -c upper_) $(cat $interface/tx_queue_len $interface/ifalias)"
    [ ! -e $interface ] || ip link show dev $(basename $interface) | sed -n 's/^ *altname //p' | grep -v '^en' | sort
  done
done
ls /sys/class/net
ethtool -k pf0
bridge -o link
virsh -q list --all
ls /var/log/libvirt/qemu
ls -d /run/sriov-rtt /var/lib/sriov-rtt 2> /dev/null
pgrep -x -l 'tcpdump|mpstat|qemu-system-x86' || true`;

const scenario = fc.record({
  vfs: fc.constantFrom(4, 7),
  mainDriver: fc.constantFrom(...drivers),
  backgroundDriver: fc.constantFrom(...drivers),
  backgroundVms: fc.constantFrom(0, 0, 1),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;
type Step = { up: Scenario; killedAfterChanges?: number } | "destroy";

const up: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: scenario.map((drawn) => ({ up: drawn })) },
  { weight: 1, arbitrary: fc.record({ up: scenario, killedAfterChanges: fc.integer({ min: 1, max: 20 }) }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: up },
  { weight: 1, arbitrary: fc.constant("destroy") },
);

/** What a sequence does: up, change, kill and destroy, drawn by its number. */
const stepsOf = (number: number): Step[] =>
  fc
    .sample(fc.tuple(up, fc.array(step, { minLength: 1, maxLength: 2 })), { seed: number, numRuns: 1 })
    .flatMap(([first, rest]) => [first, ...rest]);

const settingsOf = (testbed: Testbed, { vfs, ...scenarioSettings }: Scenario) => ({
  ...scenarioSettings,
  hosts: testbed.inventoryWith({ pfs: testbed.inventory.hosts.sender.pfs.map((pf) => ({ ...pf, vfs })) }),
  ...(scenarioSettings.backgroundVms > 0 && { loadType: "cpu", loadLocation: "sender" }),
});

/** Longer than any step takes, also on a machine that does other work. */
const timeoutMs = 1_800_000;

/** Deploys and measures, whatever a killed `up` has left. */
async function upWhole(testbed: Testbed, settings: Record<string, unknown>): Promise<void> {
  testbed.stack.configure(testbed.settings(settings));
  const { all, exitCode } = await testbed.stack.pulumi(["up", "--yes", "--skip-preview"], { timeoutMs });
  expect(exitCode, all).toBe(0);
}

async function destroy(testbed: Testbed): Promise<void> {
  const { all, exitCode } = await testbed.stack.pulumi(["destroy", "--yes", "--skip-preview"], { timeoutMs });
  expect(exitCode, all).toBe(0);
}

/** Kills it when it has told so many changes of resources; one that makes fewer must succeed. @returns what was on the servers then */
async function upAndKill(testbed: Testbed, settings: Record<string, unknown>, changes: number): Promise<string> {
  const { stack } = testbed;
  stack.configure(testbed.settings(settings));
  const child = execa("pulumi", ["up", "--yes", "--skip-preview", ...stack.deploymentArgs], {
    cwd: checkout,
    env: stack.env,
    extendEnv: false,
    reject: false,
    all: true,
    timeout: timeoutMs,
  });
  let told = 0;
  for await (const line of child.iterable({ from: "all" }))
    if (/(created|updated|replaced|deleted) \(/.test(line) && ++told === changes) child.kill("SIGKILL");
  const { signal, exitCode, all } = await child;
  if (signal === undefined) {
    expect(exitCode, all).toBe(0);
    return "it had ended before";
  }
  await sleep(6000); // plugins end with their engine within 5 s
  await stack.pulumi(["cancel", "--yes"]);
  const left = await testbed.onServers(
    "ls /run/sriov-rtt 2> /dev/null | tr '\\n' ' '; virsh -q list --name",
    timeoutMs,
  );
  return `left: ${left.map((names) => names.trim().replaceAll("\n", " ") || "nothing").join(" / ")}`;
}

/**
 * Gives both servers four VFs of an operator's own, does what the sequence of this number does, destroys, and expects both
 * servers to be as they were.
 * @returns what was done, in words
 */
export async function expectSequenceToPutBack(testbed: Testbed, number: number): Promise<string> {
  await testbed.onServers(operatorsVfs, timeoutMs);
  try {
    const before = await testbed.onServers(dump, timeoutMs);
    const told: string[] = [];
    for (const what of stepsOf(number)) {
      let outcome = "";
      if (what === "destroy") await destroy(testbed);
      else if (what.killedAfterChanges === undefined) await upWhole(testbed, settingsOf(testbed, what.up));
      else outcome = await upAndKill(testbed, settingsOf(testbed, what.up), what.killedAfterChanges);
      told.push(`${JSON.stringify(what)} ${outcome}`);
    }
    await destroy(testbed);
    const [first = "", second = ""] = await testbed.onServers("ls -d /run/sriov-rtt 2> /dev/null || true", timeoutMs);
    // A lease that was taken when its stack was killed, before its state had heard of it.
    for (const [index, left] of [first, second].entries()) {
      const role = roles[index];
      if (left !== "" && role !== undefined)
        told.push(`${role} restored: ${await restoreHost(testbed.inventory, role, true)}`);
    }
    expect(await testbed.onServers(dump, timeoutMs), told.join("\n")).toEqual(before);
    return told.join("\n");
  } finally {
    await testbed.onServers(noVfs, timeoutMs);
  }
}
