import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../lib/paths.ts";
import { mainVmKeys } from "../../study/terms.ts";
import {
  type Attachment,
  attachedTo,
  attachments,
  captureOf,
  type Driver,
  drivers,
  type MainDriver,
} from "./drivers.ts";
import { noVm } from "./ports/namespaced-vf.ts";
import { bypassed } from "./ports/passed-vf.ts";

function inGuest(driver: Driver): string {
  const module = attachments[driver].port.guestModule;
  return module === "vf" ? "the VF's own driver" : `\`${module}\``;
}
const nicWords = { pf: "PF", vf: "VF's interface" } as const;
function captured(driver: MainDriver): string {
  const { nic, virt } = captureOf(driver);
  const places = [typeof nic === "string" ? nicWords[nic] : [], typeof virt === "string" ? virt : []].flat();
  return places.length > 0 ? places.join(" and ") : "nowhere on the host";
}
const rights = ({ port: { rights: vf } }: Attachment) =>
  vf === null ? "NIC's default" : `trust ${vf.trust ? "on" : "off"}, spoof check ${vf.spoofCheck ? "on" : "off"}`;
const reach = ({ sharedReach }: Attachment) =>
  sharedReach === null ? "not shared" : sharedReach ? "yes" : "only through a switch that hairpins";

/** The text of docs/drivers.md: the capability table, from the code that uses it. */
export const driversDocument = () => `# Drivers

How a VM is attached to the NIC. Generated from \`infra/vm/drivers.ts\` by \`node infra/vm/document.ts\`; do not edit.

| driver | in the paper | attached to | guest's module | captured at | VF rights | VMs on one lower device reach each other |
|---|---|---|---|---|---|---|
${drivers
  .map((driver) => {
    const it = attachments[driver];
    return `| \`${driver}\` | ${it.paperName} | ${attachedTo(driver)} | ${inGuest(driver)} | ${captured(driver)} | ${rights(it)} | ${reach(it)} |`;
  })
  .join("\n")}

Where nothing can be captured, RTT overhead (by the Sender's driver) and response time (by the Responder's) are reported
as unavailable with the reason: "${bypassed}".

Main VMs and background VMs are attached independently of each other, and may be attached differently at the two ends. Every VM
on a VF has one of its own: the Main VM the first, background VM i the one after the i-th, through all ports of the server. A scenario
that asks for more VFs than there are is refused before anything is touched, with the number that fits.

The paper tried macvtap's bridge mode and dropped it, and left VEPA and private out because VMs on one lower device then reach
each other only through a switch that sends frames back where they came from. No two VMs of a server share a lower device here, and
none has to reach another of its own server: a Main VM talks to the other Main VM, background VM i to background VM i of the
other server. So all four modes work in every combination.

All seven on the emulated servers, one deployment and 100 packets each, in the order in which they were deployed. RTTs fell while this
ran, so this shows that each works, and not which is faster; that takes \`./lab demo\`, which deploys every driver again in another order.

| driver | median RTT, ms | overhead | response time | lost |
|---|---|---|---|---|
| \`e1000-bridge\` | 12.7 | 5.26 | 5.99 | 0 |
| \`macvtap-bridge\` | 7.09 | 3.24 | 2.71 | 0 |
| \`macvtap-vepa\` | 4.21 | 1.78 | 1.67 | 0 |
| \`macvtap-private\` | 4.93 | 2.17 | 1.80 | 0 |
| \`virtio-bridge\` | 2.81 | 1.25 | 1.13 | 0 |
| \`macvtap-passthrough\` | 4.25 | 1.87 | 1.65 | 0 |
| \`pci-passthrough\` | 2.36 | unavailable | unavailable | 0 |

## The server itself

\`host-vf\` is no VM: ping and answers are the server's own, on ${attachedTo("host-vf")}. It is the baseline of every
driver: NIC and kernel without virtualisation. A stack asks for it by \`${mainVmKeys.driver}\`, of one end or of both; background VMs are VMs.
Nothing lists it among the seven.

| | |
|---|---|
| attached to | the VF that the Main VM would have, with the same MAC and IP address, driven by the server's driver |
| captured at | ${captured("host-vf")}, inside the namespace: overhead and response time are there |
| not there | what is found at a VM's interface: "${noVm}" |
| VF rights | ${rights(attachments["host-vf"])} |
| does not apply | \`${mainVmKeys.memoryMiB}\` and \`${mainVmKeys.vcpus}\`; they are recorded as always |

The server needs the ping of Debian 12 or later (\`ping -3\`). Commands run in the namespace (\`ip netns exec\`), and end with all that they started. The server's routes, packet filter and other
interfaces are not in it, and IPv6 is off there, as in a guest. What it costs is CPU usage of the server like everything else.

## Adding a driver

A driver is an endpoint's port on a switch of the host. The endpoint is a VM, or the server itself: how one is declared stands in
\`infra/vm/endpoints/\`, how one is spoken with in \`lib/endpoints/\`.
A port (\`infra/vm/ports/\`) is how a VM is attached: its \`<interface>\`, what it needs of
a VF, the guest's module, and the VM's own interface on the host. A switch (\`infra/vm/switches/\`) is what is between port and NIC: the
place that is made ready for a VM, entries in the NIC's filter, and the interface at which it is captured there.

1. If its port is new: a file in \`infra/vm/ports/\`.
2. If its switch is new: a file in \`infra/vm/switches/\`, and its script \`infra/scripts/place-*.sh\` with a line in \`places.sh\`.
3. Its name in \`study/drivers.ts\`, and a row in \`infra/vm/drivers.ts\`: which port on which switch.
4. \`./lab test unit\` writes its golden file; read it. \`node infra/vm/document.ts\` and \`node infra/config/document.ts\` write the docs.
`;

if (import.meta.main) writeFileSync(join(checkout, "docs", "drivers.md"), driversDocument());
