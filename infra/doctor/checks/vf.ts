import { backgroundVmKeys, mainVmKeys } from "../../../study/terms.ts";
import { attachments, type MainDriver, takesVf } from "../../vm/drivers.ts";
import {
  driversOf,
  type Finding,
  lack,
  missing,
  ok,
  type ServerCheck,
  type Subject,
  type Wanted,
  warning,
} from "../check.ts";
import { setCommand } from "../hosts-source.ts";
import { firmwareSetup, getModules } from "../packages.ts";
import { guestDriverOf, guestVfDrivers } from "../vf-drivers.ts";
import { portsOf, type SeenPort } from "./pf.ts";

/** Turns SR-IOV on. Mellanox and NVIDIA cards keep the number of VFs in the card, others take the firmware's word. */
const sriovMend = ({ pf, facts }: SeenPort) =>
  facts.driver?.startsWith("mlx")
    ? `mlxconfig -d ${facts.pci} set SRIOV_EN=1 NUM_OF_VFS=${pf.vfs} && reboot`
    : firmwareSetup("SR-IOV");

function countOf({ role, source }: Subject, port: SeenPort): Finding {
  const { pf, index, facts } = port;
  const what = `VFs of ${pf.name}`;
  const total = facts.totalVfs ?? 0;
  if (pf.vfs === 0) return ok(what, `none asked for; it can have ${total}`);
  if (total === 0)
    return missing(
      what,
      `${pf.vfs} asked for, and ${facts.totalVfs === undefined ? "the card or its driver offers no SR-IOV" : "SR-IOV is off in the card (sriov_totalvfs 0)"}`,
      `${sriovMend(port)}; or ${setCommand(source, role, `pfs.${index}.vfs`, 0)}`,
    );
  if (pf.vfs > total)
    return missing(
      what,
      `${pf.vfs} asked for; it can have ${total} at most`,
      setCommand(source, role, `pfs.${index}.vfs`, total),
    );
  return ok(what, `${pf.vfs} asked for, ${facts.vfs ?? 0} there, ${total} at most`);
}

/** What is asked of each port (pfs.vfs) against what it can have (sriov_totalvfs). */
export const vfCount: ServerCheck = (subject) => portsOf(subject).map((port) => countOf(subject, port));

/** Ports whose virtual functions VMs may get: those of a stack on bridges get none. */
const portsWithVfs = (subject: Subject) =>
  subject.wanted === undefined || driversOf(subject.wanted).some(takesVf)
    ? portsOf(subject).filter(({ pf, facts }) => pf.vfs > 0 && (facts.totalVfs ?? 0) > 0)
    : [];

/** The key of the configuration by which VMs come to PCI passthrough. */
const passthroughKey = (wanted: Wanted | undefined) =>
  wanted === undefined || wanted.plan.main.driver === "pci-passthrough" ? mainVmKeys.driver : backgroundVmKeys.driver;

function guestDriver({ wanted }: Subject, { pf, facts }: SeenPort): Finding {
  const what = `VF device of ${pf.name}`;
  if (facts.vfDevice === undefined)
    return warning(what, "the kernel does not tell its ID (sriov_vf_device)", `lspci -nn -s ${facts.pci}`);
  const known = guestDriverOf(facts.vfDevice);
  if (known) return ok(what, `${facts.vfDevice} (${known.card}); guests drive it with ${known.driver}`);
  return lack(wanted, (driver) => driver === "pci-passthrough")(
    what,
    `${facts.vfDevice}: guests have no driver for it (only ${guestVfDrivers.join(", ")}), and pci-passthrough needs one`,
    `./lab pulumi config set ${passthroughKey(wanted)} macvtap-passthrough --stack ${wanted?.stack ?? "STACK"}`,
  );
}

/** Under PCI passthrough the guest itself drives the virtual function. */
export const vfDevice: ServerCheck = (subject) => portsWithVfs(subject).map((port) => guestDriver(subject, port));

const needsServerDriver = (driver: MainDriver) => attachments[driver].port.serverDrives;

function serverDriver({ facts: server, wanted }: Subject, { pf, facts }: SeenPort): Finding {
  const what = `VF driver of ${pf.name}`;
  if (facts.vfModules.length > 0) return ok(what, `${facts.vfModules.join(", ")} on the server`);
  if (wanted !== undefined && !driversOf(wanted).some(needsServerDriver))
    return ok(what, "none on the server; under pci-passthrough the guest has its own");
  return lack(wanted, needsServerDriver)(
    what,
    "the server's kernel has no driver for its VFs, and macvtap and host-vf need the interface of one",
    server.kernelModulesThere ? getModules(server) : "reboot",
  );
}

/** Under macvtap and host-vf the server drives a virtual function; under PCI passthrough it need not be able to. */
export const vfDriver: ServerCheck = (subject) => portsWithVfs(subject).map((port) => serverDriver(subject, port));
