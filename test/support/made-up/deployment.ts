import { formatFields } from "../../../lib/key-value.ts";
import { MadeUpServer } from "./server.ts";

/** How a VM of a made-up deployment is attached; or that it is none, but the server itself on its VF. */
export type Attachment = "bridge" | "macvtap-passthrough" | "macvtap-bridge" | "pci-passthrough" | "host-vf";

export interface Wish {
  vfs: number;
  /** Of the Main VM and the background VMs, the VF of each being that of its place. */
  vms: readonly Attachment[];
}

const names = (index: number) => (index === 0 ? "rtt-main" : `rtt-bg-00${index}`);

function lineOf(attachment: Attachment, index: number, token: string): string {
  const mac = `52:54:00:9a:01:0${index}`;
  const common = { name: names(index), token, pf: "pf0", mac, peer_mac: `52:54:00:9a:02:0${index}` };
  if (attachment === "bridge") return formatFields({ ...common, kind: "bridge", self: "yes" });
  const trusted = attachment === "macvtap-bridge";
  const ofHost = {
    ip: `10.9.1.${index + 1}`,
    prefix: 16,
    settings: "link,mtu,1400",
    neighbours: `10.9.2.${index + 1},${common.peer_mac}`,
  };
  return formatFields({
    ...common,
    kind: attachment === "host-vf" ? "netns" : "vf",
    vf: index,
    pci: `0000:01:${(16 + Math.floor(index / 4)).toString(16)}.${(index % 4) * 2}`,
    netdev: attachment === "pci-passthrough" ? "" : `rtt0v${index}`,
    vf_mac: trusted ? `52:54:00:9b:01:0${index}` : mac,
    vlan: index === 1 ? 7 : 0,
    trust: trusted ? "on" : "",
    spoofchk: trusted ? "off" : "",
    ...(attachment === "host-vf" && ofHost),
  });
}

const OWNER = "stack made-up";

type Layer = "lease" | "nic" | "bridge" | "slots";
const order: Layer[] = ["lease", "nic", "bridge", "slots"];

/** Runs the scripts of a server's layers as a stack does, and remembers, as its state does, which of them have ended well. */
export class MadeUpDeployment {
  readonly #server: MadeUpServer;
  readonly known = new Set<Layer>();
  #vfs = 0;
  #token = 0;

  constructor(server: MadeUpServer) {
    this.#server = server;
  }

  #variables(layer: Layer, wanted: string): Record<string, string | number> {
    const TOKEN = `t${this.#token}`;
    switch (layer) {
      case "lease":
        return { OWNER, TOKEN };
      case "nic":
        return { PF: "pf0", VFS: this.#vfs, BRIDGE: "rtt0", OWNER, TOKEN };
      case "bridge":
        return { PF: "pf0", BRIDGE: "rtt0", OWNER, TOKEN };
      case "slots":
        return { BRIDGE: "rtt0", OWNER, WANTED: wanted };
    }
  }

  async #run(layer: Layer, action: string, wanted = "") {
    const result = await this.#server.run(`${layer}.sh`, { ACTION: action, ...this.#variables(layer, wanted) });
    if (result.exitCode === 0 && action === "delete") this.known.delete(layer);
    if (result.exitCode === 0 && action !== "delete") this.known.add(layer);
    return result;
  }

  /** Deploys; ends with the first layer that fails. @returns what it said, empty when all went well */
  async up({ vfs, vms }: Wish): Promise<string> {
    this.#token += 1;
    if (vfs !== this.#vfs) {
      // As the engine does with what stands on a layer that is made anew: deleted first, from above.
      const said = await this.#down(["nic", "bridge", "slots"]);
      if (said) return said;
    }
    this.#vfs = vfs;
    const wanted = vms.map((attachment, index) => lineOf(attachment, index, `t${this.#token}`)).join("\n");
    for (const layer of order) {
      const action = this.known.has(layer) ? "update" : "create";
      if (action === "update" && layer !== "slots") continue;
      const { exitCode, signal, stderr } = await this.#run(layer, action, wanted);
      if (exitCode !== 0) return `${layer} ${action}: ${signal ?? ""}${stderr}`;
    }
    for (const [index, attachment] of vms.entries())
      if (attachment !== "host-vf") this.#server.domain(names(index), "running");
    return "";
  }

  async #down(layers: readonly Layer[]): Promise<string> {
    for (const layer of order.filter((one) => layers.includes(one) && this.known.has(one)).reverse()) {
      const { exitCode, signal, stderr } = await this.#run(layer, "delete");
      if (exitCode !== 0) return `${layer} delete: ${signal ?? ""}${stderr}`;
    }
    return "";
  }

  /** Takes down what is known. @returns what it said, empty when all went well */
  async destroy(): Promise<string> {
    const said = await this.#down(order);
    if (!said) this.#vfs = 0;
    return said;
  }
}

/**
 * A server whose port has one VF of the operator's, with these settings, and a deployment that has not begun; `before` is how the server
 * is.
 */
export async function operatorsServer(settings: Record<string, string>) {
  const server = new MadeUpServer();
  await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0", settings }] });
  return { server, deployment: new MadeUpDeployment(server), before: server.dump() };
}
