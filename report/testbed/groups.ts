import { bridgeName, vfInterface, vfPlaceOf } from "../../infra/plan/placement.ts";
import { backgroundIndices } from "../../infra/vm/addresses.ts";
import { attachments, captureOf, endpointOf, isOnBridge, type MainDriver, takesVf } from "../../infra/vm/drivers.ts";
import { counted } from "../../lib/counted.ts";
import type { Role } from "../../lib/roles.ts";
import type { DrawnServer, DrawnTestbed } from "./testbed.ts";

/** Endpoints of a server that are attached alike, to one of its ports: the Main endpoint, or background VMs. */
export interface Group {
  id: string;
  driver: MainDriver;
  /** What stands in the endpoint's box; the first line names it. */
  lines: string[];
  /** How many endpoints it stands for. */
  copies: number;
  /** Place of the port among those of its server. */
  pf: number;
  isOnBridge: boolean;
  /** The endpoint's own interface on the host; null where there is none. */
  virt: string | null;
  /** Its VFs on that port; empty on the bridge. */
  slot: string[];
  /** Where packets of a Main endpoint are captured. */
  captured: { virt: boolean; nic: boolean };
}

const endpointNames: Record<Role, string> = { sender: "Sender VM", responder: "Responder VM" };

/** "0", "1 to 7", "1 to 3, 0": numbers in their order, without those between. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`)).join(", ");
}

/** What an endpoint has inside: the module of its network device. */
function insideOf(driver: MainDriver): string[] {
  const { guestModule } = attachments[driver].port;
  if (guestModule === undefined) return ["in a network namespace"];
  return [`guest: ${guestModule === "vf" ? "the VF's own driver" : guestModule}`];
}

/** @param places numbers of VFs on one port, in the order of their endpoints; null where nobody knows them */
function slotOf(driver: MainDriver, vlan: number, count: string, places: readonly number[] | null, pf: number) {
  if (!takesVf(driver)) return [];
  const [first = 0] = places ?? [];
  const named = places?.length === 1 && attachments[driver].port.serverDrives;
  const name =
    places === null
      ? count === "1"
        ? "VF"
        : `${count} VFs`
      : `VF${places.length === 1 ? "" : "s"} ${rangesOf(places)}`;
  return [name, ...(named ? [vfInterface({ pf, vf: first })] : []), ...(vlan > 0 ? [`VLAN ${vlan}`] : [])];
}

const sharedOf = (driver: MainDriver) => {
  const { virt } = attachments[driver].port;
  return { driver, isOnBridge: isOnBridge(driver), virt: typeof virt === "string" ? virt : null };
};

function mainGroup({ role, pfs, main }: DrawnServer, isCaptured: boolean): Group {
  const { driver, vlan, machine, ip } = main;
  const { nic, virt } = captureOf(driver);
  const isVm = endpointOf(driver).hasOwnMachine;
  const place = pfs === null || !takesVf(driver) ? null : vfPlaceOf(pfs, 0);
  return {
    id: `${role}.main`,
    ...sharedOf(driver),
    lines: [
      isVm ? endpointNames[role] : "the server itself",
      driver,
      ...insideOf(driver),
      ...(isVm && machine ? [`${counted(machine.vcpus, "vCPU")}, ${machine.memoryMiB} MiB`] : []),
      ...(ip === null ? [] : [ip]),
    ],
    copies: 1,
    pf: place?.pf ?? 0,
    slot: slotOf(driver, vlan, "1", place && [place.vf], place?.pf ?? 0),
    captured: { virt: isCaptured && typeof virt === "string", nic: isCaptured && typeof nic === "string" },
  };
}

/** A server's background VMs: where their VFs are on several ports, a group for each port. */
function backgroundGroups({ role, pfs, background }: DrawnServer): Group[] {
  if (background === null) return [];
  const { driver, vlan, vms, most, does } = background;
  const group = (pf: number, count: string, copies: number, vfs: readonly number[] | null): Group => ({
    id: `${role}.background.${pf}`,
    ...sharedOf(driver),
    lines: [`background VM${copies === 1 ? "" : "s"} × ${count}`, driver, ...insideOf(driver), does],
    ...{ copies, pf, slot: slotOf(driver, vlan, count, vfs, pf) },
    captured: { virt: false, nic: false },
  });
  if (pfs === null || !takesVf(driver)) return [group(0, vms, most, null)];
  const places = Map.groupBy(
    backgroundIndices(most).map((index) => vfPlaceOf(pfs, index)),
    ({ pf }) => pf,
  );
  return [...places].map(([pf, all]) =>
    group(
      pf,
      String(all.length),
      all.length,
      all.map(({ vf }) => vf),
    ),
  );
}

/** The groups of a server in the order in which they stand: by port, those on the bridge first. */
export function groupsOf({ servers, isCaptured }: DrawnTestbed, role: Role): Group[] {
  const all = [mainGroup(servers[role], isCaptured), ...backgroundGroups(servers[role])];
  return all.sort((a, b) => a.pf - b.pf || Number(b.isOnBridge) - Number(a.isOnBridge));
}

export const bridgeWords = `Linux bridge ${bridgeName}`;
