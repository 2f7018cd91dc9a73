import * as pulumi from "@pulumi/pulumi";
import type { Inventory } from "../../infra/config/hosts.ts";
import type { Config } from "../../infra/config/schema.ts";
import { doneLine } from "../../infra/remote-script.ts";
import { declareTestbed, type ServerView } from "../../infra/testbed.ts";
import { canonicalJson } from "../../lib/canonical.ts";
import type { RunOutcome } from "../../measure/probe/outcome.ts";
import { byPublishedName } from "../../study/metric-lists.ts";

/** A resource as the program declares it. */
interface Declared {
  /** Its own inputs, and those whose change makes it anew, as canonical JSON. */
  inputs: string;
  identity: string;
}
export type Declaration = ReadonlyMap<string, Declared>;

const host = (address: string) => ({
  ...{ address, port: 22, user: "root", privateKeyFile: "/dev/null", hostKey: "ssh-ed25519 AAAA", generation: "" },
  pfs: [{ name: "pf0", vfs: 256 }],
  domainType: "kvm" as const,
});

/** Two servers that are nobody's: what a change touches is the same on all that have the VFs. */
const inventory: Inventory = {
  fidelity: "emulated",
  hosts: { sender: host("sender"), responder: host("responder") },
};

const guestImage = {
  ...{ sha256: "0".repeat(64), release: "", kernelFile: "", kernelSha256: "", initrdFile: "", initrdSha256: "" },
  ...{ loadInitrdFile: "", loadInitrdSha256: "" },
};

/** Servers that remember all that is asked for: a layer or VM keeps its token as long as its design is the same. */
const view: ServerView = {
  token: (_layer, design = "") => `there${design}`,
  vfAddress: (_pf, vf) => `0000:01:${(vf >> 3).toString(16).padStart(2, "0")}.${vf % 8}`,
  cpus: 1,
};

/** What a run says that nobody measures. */
const unavailable = { unavailable: "declared, not measured" };
const notMeasured = JSON.stringify({
  ...{ run: 1, replicate: 1, directory: "/", manifestSha256: "0".repeat(64), measured: false },
  summary: { ping: byPublishedName(() => unavailable) },
} satisfies RunOutcome);

/** What of a resource's inputs makes it anew when it changes: a command's triggers, all of a domain. */
const identityOf = (type: string, inputs: Record<string, unknown>) =>
  type.startsWith("command:") ? canonicalJson(inputs.triggers) : canonicalJson(inputs);

/** Runs `body` with stacks of one line: Pulumi formats one for each of its thousands of promises, and none of these is looked at. */
async function withShortStacks<T>(body: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  try {
    return await body();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * Declares a scenario with the real program and no engine, as it would be declared on servers where `before` stands.
 * @returns every resource by name
 */
export async function declareScenario(config: Omit<Config, "hosts">, before?: Declaration): Promise<Declaration> {
  const declared = new Map<string, Declared>();
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource({ type, name, inputs }) {
      const identity = identityOf(type, inputs);
      if (type.startsWith("command:") || type.startsWith("libvirt:"))
        declared.set(name, { inputs: canonicalJson(inputs), identity });
      const stood = before?.get(name);
      // What is made anew has another ID, and what stands on it sees that.
      const id = stood === undefined || stood.identity === identity ? `${name}-id` : `${name}-new-id`;
      const stdout = type === "command:remote:Command" ? doneLine : name.startsWith("run-") ? notMeasured : "{}";
      return { id, state: { ...inputs, stdout } };
    },
  });
  await withShortStacks(() => {
    const { inAll } = declareTestbed({
      stack: "diff",
      config: { ...config, inventory, resultsDirectory: "/" },
      guestImage,
      owner: "diff",
      servers: { sender: view, responder: view },
      runToken: () => "there",
    });
    return new Promise((resolve) => inAll.apply(resolve));
  });
  return declared;
}
