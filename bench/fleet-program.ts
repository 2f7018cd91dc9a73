import * as pulumi from "@pulumi/pulumi";
import { readGuestImage } from "../infra/config/guest-image.ts";
import { hostSchema } from "../infra/config/hosts.ts";
import { announceServers } from "../infra/gateway/gateway.ts";
import { Server } from "../infra/host/server.ts";
import { observeScript, parseObservation, tokensOf } from "../infra/observe.ts";
import { identityOf } from "../infra/vm/addresses.ts";
import { Fleet } from "../infra/vm/fleet.ts";
import { memberOf } from "../infra/vm/member.ts";
import type { Design } from "../infra/vm/placed-member.ts";
import { declareSlots } from "../infra/vm/slots.ts";
import { connectSsh } from "../lib/ssh/connect.ts";
import { targetOf } from "../lib/ssh/target.ts";

/** One server and the background VMs on it, observed and declared as infra/index.ts does with two. */
const config = new pulumi.Config();
const host = hostSchema.parse(config.requireObject("host"));
const role = "sender";

await announceServers([{ name: role, target: targetOf(host) }]);
const ssh = await connectSsh(role, host);
const { tokens } = parseObservation(await ssh.run(observeScript(host)));
ssh.close();

const server = new Server(role, {
  pair: 1,
  role,
  host,
  owner: "benchmark",
  guestImage: readGuestImage(config.require("guestImage"), "/"),
  token: tokensOf(tokens),
  vfAddress: (pf, vf) => {
    throw new RangeError(`${pf} has no VF ${vf}: its VMs are on the bridge`);
  },
});
const design: Design = {
  ...{
    driver: "virtio-bridge",
    vlan: 0,
    memoryMiB: 192,
    vcpus: 1,
    initrd: server.loadInitrd,
    replicate: 1,
    plot: undefined,
  },
  links: [],
  neighboursOf: (index) => [identityOf({ pair: 1, role: "responder" }, index)],
};
const indices = Array.from({ length: config.requireNumber("vms") }, (_, index) => index + 1);
const members = indices.map((index) => memberOf(server, pulumi.getStack(), design, index));
new Fleet(`${role}-background`, {
  ...{ server, members, slots: declareSlots(server, members) },
  parallelStarts: config.requireNumber("parallelStarts"),
  readyWithinSeconds: undefined,
});
